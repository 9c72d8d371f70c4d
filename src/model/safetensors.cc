#include "fool/model/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"

// The format: u64 length of the header, the header as a JSON object {name: {dtype, shape,
// data_offsets: [begin, end]}}, then the tensors' bytes, to which the offsets refer. Everything is
// little-endian, and so is every machine that this is built for.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "safetensors bytes are used in place");

namespace fool {
namespace {

constexpr std::uint64_t kMaxHeader = 100'000'000;
constexpr std::size_t kLengthBytes = 8;
constexpr const char* kMetadata = "__metadata__";

struct DTypeInfo {
  DType dtype;
  std::string_view name;
  std::size_t size;
};
constexpr std::array<DTypeInfo, 10> kDTypes = {{{DType::kF64, "F64", 8},
                                                {DType::kF32, "F32", 4},
                                                {DType::kF16, "F16", 2},
                                                {DType::kBF16, "BF16", 2},
                                                {DType::kI64, "I64", 8},
                                                {DType::kI32, "I32", 4},
                                                {DType::kI16, "I16", 2},
                                                {DType::kI8, "I8", 1},
                                                {DType::kU8, "U8", 1},
                                                {DType::kBool, "BOOL", 1}}};

const DTypeInfo& info(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)]; }

// A value as a message quotes it.
std::string shown(const nlohmann::json& value) {
  const std::string text = value.dump();
  return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

// Reads one file; all messages begin with its name.
class Parser {
 public:
  Parser(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  NamedTensors parse() {
    read_header();
    NamedTensors result;
    for (const auto& [key, entry] : header_.items()) {
      if (key == kMetadata) {
        result.metadata = parse_metadata(entry);
      } else {
        result.tensors.emplace(key, parse_tensor(key, entry));
      }
    }
    check_coverage();
    return result;
  }

 private:
  struct Extent {
    std::uint64_t begin;
    std::uint64_t end;
    std::string key;
  };

  template <typename... Args>
  [[noreturn]] void bad(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorKind::kModel, "{}: {}", name_, fmt::format(format, std::forward<Args>(args)...));
  }

  void read_header() {
    if (bytes_.size() < kLengthBytes) {
      bad("a safetensors file begins with {} bytes of header length, this one has {} bytes",
          kLengthBytes, bytes_.size());
    }
    std::uint64_t length = 0;
    std::memcpy(&length, bytes_.data(), kLengthBytes);
    if (length > kMaxHeader) {
      bad("the header is said to have {} bytes, at most {} are accepted; is this a safetensors "
          "file?",
          length, kMaxHeader);
    }
    if (length > bytes_.size() - kLengthBytes) {
      bad("the header is said to have {} bytes, but only {} follow; the file is truncated or not a "
          "safetensors file",
          length, bytes_.size() - kLengthBytes);
    }
    data_ = bytes_.substr(kLengthBytes + length);
    try {
      header_ = parse_json(bytes_.substr(kLengthBytes, length));
    } catch (const nlohmann::json::parse_error& e) {
      bad("the header is not valid JSON: an error at byte {} of it", e.byte);
    } catch (const nlohmann::json::exception& e) {
      bad("the header is not valid JSON: {}", complaint_of(e));
    }
    if (!header_.is_object()) bad("the header is not a JSON object");
  }

  // Refuses what JSON allows and the format does not: a key that occurs twice, deep nesting.
  nlohmann::json parse_json(std::string_view text) const {
    std::vector<std::set<std::string>> keys;
    const auto check = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
      using Event = nlohmann::json::parse_event_t;
      if (depth > 3) bad("the header is nested too deeply");
      if (event == Event::object_start) keys.emplace_back();
      if (event == Event::object_end) keys.pop_back();
      if (event == Event::key && !keys.back().insert(value.get<std::string>()).second) {
        bad("the header has the key {} twice", shown(value));
      }
      return true;
    };
    return nlohmann::json::parse(text, check);
  }

  std::map<std::string, std::string> parse_metadata(const nlohmann::json& entry) const {
    std::map<std::string, std::string> metadata;
    if (!entry.is_object()) bad("{} is not an object of strings", kMetadata);
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string()) bad("{}: the value of {} is not a string", kMetadata, key);
      metadata[key] = value.get<std::string>();
    }
    return metadata;
  }

  TensorView parse_tensor(const std::string& key, const nlohmann::json& entry) {
    if (!entry.is_object()) bad("tensor {}: expected an object, found {}", key, shown(entry));
    for (const auto& [field, value] : entry.items()) {
      if (field != "dtype" && field != "shape" && field != "data_offsets") {
        bad("tensor {}: unknown key {}", key, field);
      }
    }
    TensorView tensor;
    tensor.dtype = parse_dtype(key, member(key, entry, "dtype"));
    std::uint64_t size = dtype_size(tensor.dtype);
    std::int64_t elements = 1;  // which may be too many even where a later dimension is 0
    for (const nlohmann::json& dimension : array(key, entry, "shape")) {
      const std::uint64_t n = unsigned_integer(key, "shape", dimension);
      if (__builtin_mul_overflow(size, n, &size) ||
          __builtin_mul_overflow(elements, n, &elements)) {
        bad("tensor {}: the shape is too large", key);
      }
      tensor.shape.push_back(static_cast<std::int64_t>(n));
    }
    const nlohmann::json& offsets = array(key, entry, "data_offsets");
    if (offsets.size() != 2) bad("tensor {}: data_offsets has {} entries", key, offsets.size());
    const std::uint64_t begin = unsigned_integer(key, "data_offsets", offsets[0]);
    const std::uint64_t end = unsigned_integer(key, "data_offsets", offsets[1]);
    if (begin > end || end > data_.size()) {
      bad("tensor {}: bytes {}..{} are outside of the {} bytes of data that the file has; it is "
          "truncated or damaged",
          key, begin, end, data_.size());
    }
    if (end - begin != size) {
      bad("tensor {}: {} of shape [{}] takes {} bytes, data_offsets give it {}", key,
          dtype_name(tensor.dtype), fmt::join(tensor.shape, ", "), size, end - begin);
    }
    tensor.bytes = data_.substr(begin, size);
    extents_.push_back({begin, end, key});
    return tensor;
  }

  DType parse_dtype(const std::string& key, const nlohmann::json& value) const {
    if (value.is_string()) {
      for (const DTypeInfo& known : kDTypes) {
        if (known.name == value.get_ref<const std::string&>()) return known.dtype;
      }
    }
    std::vector<std::string_view> names;
    for (const DTypeInfo& known : kDTypes) names.push_back(known.name);
    bad("tensor {}: unknown dtype {}; known: {}", key, shown(value), fmt::join(names, ", "));
  }

  const nlohmann::json& member(const std::string& key, const nlohmann::json& entry,
                               const char* field) const {
    const auto it = entry.find(field);
    if (it == entry.end()) bad("tensor {}: {} is missing", key, field);
    return *it;
  }

  const nlohmann::json& array(const std::string& key, const nlohmann::json& entry,
                              const char* field) const {
    const nlohmann::json& value = member(key, entry, field);
    if (!value.is_array()) bad("tensor {}: {} is not a list", key, field);
    return value;
  }

  std::uint64_t unsigned_integer(const std::string& key, const char* field,
                                 const nlohmann::json& value) const {
    constexpr auto kMax = static_cast<std::uint64_t>(INT64_MAX);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMax) {
      bad("tensor {}: {} has the entry {}; expected a whole number of 0 or more", key, field,
          shown(value));
    }
    return value.get<std::uint64_t>();
  }

  // As the format demands, every byte belongs to exactly one tensor: no overlaps, no holes.
  void check_coverage() {
    std::sort(extents_.begin(), extents_.end(), [](const Extent& a, const Extent& b) {
      return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
    });
    std::uint64_t covered = 0;
    for (const Extent& extent : extents_) {
      if (extent.begin < covered) bad("tensor {} overlaps the one before it", extent.key);
      if (extent.begin > covered) {
        bad("bytes {}..{} before tensor {} belong to no tensor", covered, extent.begin, extent.key);
      }
      covered = extent.end;
    }
    if (covered != data_.size()) {
      bad("the tensors take {} bytes, the file has {} bytes of data", covered, data_.size());
    }
  }

  const std::string_view bytes_;
  const std::string& name_;
  nlohmann::json header_;
  std::string_view data_;
  std::vector<Extent> extents_;
};

}  // namespace

std::size_t dtype_size(DType dtype) { return info(dtype).size; }

std::string_view dtype_name(DType dtype) { return info(dtype).name; }

std::int64_t TensorView::elements() const {
  std::int64_t count = 1;
  for (const std::int64_t n : shape) count *= n;
  return count;
}

NamedTensors parse_safetensors(std::string_view bytes, const std::string& name) {
  return Parser(bytes, name).parse();
}

NamedTensors read_safetensors(const std::filesystem::path& path) {
  std::shared_ptr<const MappedFile> file;
  try {
    file = std::make_shared<const MappedFile>(path);
  } catch (const Error& e) {
    fail(ErrorKind::kModel, "{}", e.what());
  }
  NamedTensors result = parse_safetensors(file->bytes(), path.string());
  result.storage = file;
  return result;
}

void write_safetensors(const std::filesystem::path& path,
                       const std::map<std::string, TensorView>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;
  std::uint64_t offset = 0;
  for (const auto& [key, tensor] : tensors) {
    const auto size = static_cast<std::uint64_t>(tensor.elements()) * dtype_size(tensor.dtype);
    if (tensor.bytes.size() != size || key == kMetadata) {
      fail(ErrorKind::kInternal, "{}: tensor {} of shape [{}] has {} bytes", path.string(), key,
           fmt::join(tensor.shape, ", "), tensor.bytes.size());
    }
    header[key] = {{"dtype", dtype_name(tensor.dtype)},
                   {"shape", tensor.shape},
                   {"data_offsets", {offset, offset + size}}};
    offset += size;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const nlohmann::json::exception& e) {
    fail(ErrorKind::kInternal, "{}: a name or text is not valid UTF-8: {}", path.string(),
         complaint_of(e));
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the data begin on 8 bytes
  const std::uint64_t length = text.size();
  std::array<char, kLengthBytes> length_bytes{};
  std::memcpy(length_bytes.data(), &length, kLengthBytes);

  AtomicFile file(path);
  file.write({length_bytes.data(), kLengthBytes});
  file.write(text);
  for (const auto& [key, tensor] : tensors) file.write(tensor.bytes);
  file.commit();
}

}  // namespace fool
