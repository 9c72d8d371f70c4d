#include "model/protobuf_scan.h"

#include <cstdint>

// The encoding: protobuf.dev, "Encoding".

namespace fool {
namespace {

constexpr int kVarint = 0;
constexpr int kFixed64 = 1;
constexpr int kLengthDelimited = 2;
constexpr int kFixed32 = 5;
constexpr std::uint64_t kHighestField = (1U << 29U) - 1;

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::map<int, FieldCounts>> scan_protobuf(std::string_view bytes) {
  std::map<int, FieldCounts> counts;
  while (!bytes.empty()) {
    const auto tag = take_varint(bytes);
    if (!tag || *tag >> 3U == 0 || *tag >> 3U > kHighestField) return std::nullopt;
    FieldCounts& field = counts[static_cast<int>(*tag >> 3U)];
    std::uint64_t size = 0;
    switch (*tag & 7U) {
      case kVarint:
        if (!take_varint(bytes)) return std::nullopt;
        ++field.varints;
        break;
      case kFixed64:
        size = 8;
        break;
      case kFixed32:
        size = 4;
        break;
      case kLengthDelimited: {
        const auto length = take_varint(bytes);
        if (!length) return std::nullopt;
        size = *length;
        ++field.messages;
        break;
      }
      default:
        return std::nullopt;
    }
    if (size > bytes.size()) return std::nullopt;
    bytes.remove_prefix(size);
  }
  return counts;
}

}  // namespace fool
