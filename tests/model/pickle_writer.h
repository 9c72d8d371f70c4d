// Writes pickles opcode by opcode, for tests: what a reader must accept, and what it must refuse.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace fool {

template <typename T>
std::string bytes_of(T number) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &number, sizeof(T));
  return bytes;
}

template <typename T>
std::string bytes_of(const std::vector<T>& numbers) {
  std::string bytes;
  for (const T number : numbers) bytes += bytes_of(number);
  return bytes;
}

class PickleWriter {
 public:
  explicit PickleWriter(int protocol = 2) { raw("\x80").raw(std::string(1, char(protocol))); }

  PickleWriter& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  PickleWriter& global(std::string_view module, std::string_view name) {
    return raw("c").raw(module).raw("\n").raw(name).raw("\n");
  }
  PickleWriter& text(std::string_view text) {
    return raw("X").raw(bytes_of(static_cast<std::uint32_t>(text.size()))).raw(text);
  }
  PickleWriter& integer(std::int64_t number) {
    if (number >= 0 && number < 256) return raw("K").raw(std::string(1, char(number)));
    if (number >= INT32_MIN && number <= INT32_MAX) {
      return raw("J").raw(bytes_of(static_cast<std::int32_t>(number)));
    }
    return raw("\x8a\x08").raw(bytes_of(number));
  }
  PickleWriter& integers(const std::vector<std::int64_t>& numbers) {  // a tuple
    mark();
    for (const std::int64_t number : numbers) integer(number);
    return tuple();
  }
  PickleWriter& none() { return raw("N"); }
  PickleWriter& boolean(bool value) { return raw(value ? "\x88" : "\x89"); }
  PickleWriter& mark() { return raw("("); }
  PickleWriter& tuple() { return raw("t"); }
  PickleWriter& empty_tuple() { return raw(")"); }
  PickleWriter& empty_list() { return raw("]"); }
  PickleWriter& empty_dict() { return raw("}"); }
  PickleWriter& appends() { return raw("e"); }
  PickleWriter& set_item() { return raw("s"); }
  PickleWriter& set_items() { return raw("u"); }
  PickleWriter& reduce() { return raw("R"); }
  PickleWriter& build() { return raw("b"); }
  PickleWriter& persistent() { return raw("Q"); }
  PickleWriter& put(std::uint32_t index) { return raw("r").raw(bytes_of(index)); }
  PickleWriter& get(std::uint32_t index) { return raw("j").raw(bytes_of(index)); }
  PickleWriter& ordered_dict() {
    return global("collections", "OrderedDict").empty_tuple().reduce();
  }

  const std::string& bytes() const { return bytes_; }
  std::string stop() const { return bytes_ + "."; }

 private:
  std::string bytes_;
};

}  // namespace fool
