#include "search/state_text.h"

#include <cstring>

#include "encoding/packing.h"

namespace fool {

std::string pack_floats(const std::vector<float>& values) {
  return pack_text({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
}

std::vector<float> unpack_floats(const Json& text, std::size_t size, std::string_view what) {
  const std::string bytes = unpack_text(text.get<std::string>(), size * sizeof(float), what);
  std::vector<float> values(size);
  if (size > 0) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

Json save_genome(const Genome& genome, const Encoding& encoding) {
  const std::string bytes = encoding.encode(genome);
  return {{"size", bytes.size()}, {"bytes", pack_text(bytes)}};
}

GenomePtr load_genome(const Json& json, const Encoding& encoding) {
  return encoding.decode(
      unpack_text(json.at("bytes").get<std::string>(), json.at("size"), "a genome"));
}

}  // namespace fool
