#include "model/protobuf.h"

// The encoding: protobuf.dev, "Encoding".

namespace fool::protobuf {
namespace {

constexpr std::uint64_t kHighestField = (1U << 29U) - 1;

}  // namespace

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

std::optional<Field> Reader::next() {
  if (rest_.empty() || damaged_) return std::nullopt;
  std::optional<Field> field = take();
  damaged_ = !field;
  return field;
}

std::optional<Field> Reader::take() {
  const auto tag = take_varint(rest_);
  if (!tag || *tag >> 3U == 0 || *tag >> 3U > kHighestField) return std::nullopt;
  Field field;
  field.number = static_cast<int>(*tag >> 3U);
  field.wire = static_cast<Wire>(*tag & 7U);
  std::optional<std::uint64_t> size;
  switch (field.wire) {
    case Wire::kVarint: {
      const auto value = take_varint(rest_);
      if (!value) return std::nullopt;
      field.value = *value;
      return field;
    }
    case Wire::kFixed64:
      size = 8;
      break;
    case Wire::kFixed32:
      size = 4;
      break;
    case Wire::kBytes:
      size = take_varint(rest_);
      break;
    default:
      return std::nullopt;
  }
  if (!size || *size > rest_.size()) return std::nullopt;
  field.bytes = rest_.substr(0, *size);
  rest_.remove_prefix(*size);
  return field;
}

std::optional<std::map<int, FieldCounts>> count_fields(std::string_view message) {
  std::map<int, FieldCounts> counts;
  Reader reader(message);
  while (const auto field = reader.next()) {
    FieldCounts& count = counts[field->number];
    if (field->wire == Wire::kVarint) ++count.varints;
    if (field->wire == Wire::kBytes) ++count.messages;
  }
  if (reader.damaged()) return std::nullopt;
  return counts;
}

}  // namespace fool::protobuf
