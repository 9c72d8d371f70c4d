#include "report/event_file.h"

#include <array>
#include <cstring>

#include "fool/core/error.h"
#include "model/protobuf.h"

namespace fool {
namespace {

using protobuf::Wire;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1U) != 0 ? value >> 1 ^ 0x82F63B78U : value >> 1;
    }
    table[i] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kTable = make_table();

// TFRecord stores checksums so, lest one of bytes that hold checksums be degenerate.
std::uint32_t masked_crc32c(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return (crc >> 15 | crc << 17) + 0xA282EAD8U;
}

void append_little_endian(std::string& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 255U);
}

std::uint64_t take_little_endian(std::string_view& bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  bytes.remove_prefix(count);
  return value;
}

// A message that is written field by field.
class Message {
 public:
  Message& number(int field, std::int64_t value) {
    key(field, Wire::kVarint);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  Message& real(int field, double value) {
    key(field, Wire::kFixed64);
    return fixed(value);
  }
  Message& real(int field, float value) {
    key(field, Wire::kFixed32);
    return fixed(value);
  }
  Message& bytes(int field, std::string_view value) {
    key(field, Wire::kBytes);
    varint(value.size());
    text_ += value;
    return *this;
  }

  const std::string& text() const { return text_; }

 private:
  void key(int field, Wire wire) {
    varint(static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(wire));
  }
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7) text_ += static_cast<char>((value & 127U) | 128U);
    text_ += static_cast<char>(value);
  }
  // Our targets are little-endian, as the format is.
  template <typename Number>
  Message& fixed(Number value) {
    std::array<char, sizeof(Number)> bits{};
    std::memcpy(bits.data(), &value, bits.size());
    text_.append(bits.data(), bits.size());
    return *this;
  }

  std::string text_;
};

// The fields' numbers in event.proto and summary.proto.
constexpr int kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5;  // Event
constexpr int kValue = 1;                                                // Summary
constexpr int kTag = 1, kSimpleValue = 2, kImage = 4;                    // Summary.Value
constexpr int kHeight = 1, kWidth = 2, kColorspace = 3, kEncoded = 4;    // Summary.Image

constexpr std::size_t kLengthBytes = 8, kChecksumBytes = 4;

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 255U];
  }
  return ~crc;
}

std::string frame_record(std::string_view bytes) {
  std::string record;
  append_little_endian(record, bytes.size(), kLengthBytes);
  append_little_endian(record, masked_crc32c(record), kChecksumBytes);
  record += bytes;
  append_little_endian(record, masked_crc32c(bytes), kChecksumBytes);
  return record;
}

std::vector<std::string_view> read_records(std::string_view bytes) {
  std::vector<std::string_view> records;
  constexpr std::size_t kFrame = kLengthBytes + 2 * kChecksumBytes;
  while (bytes.size() >= kFrame) {
    const std::string_view header = bytes.substr(0, kLengthBytes);
    const std::uint64_t length = take_little_endian(bytes, kLengthBytes);
    if (take_little_endian(bytes, kChecksumBytes) != masked_crc32c(header)) break;
    if (length > bytes.size() - kChecksumBytes) break;
    const std::string_view record = bytes.substr(0, static_cast<std::size_t>(length));
    bytes.remove_prefix(record.size());
    if (take_little_endian(bytes, kChecksumBytes) != masked_crc32c(record)) break;
    records.push_back(record);
  }
  return records;
}

std::string encode_version_event(double wall_time) {
  return Message().real(kWallTime, wall_time).bytes(kFileVersion, "brain.Event:2").text();
}

std::string encode_event(const Event& event) {
  Message summary;
  for (const EventScalar& scalar : event.scalars) {
    summary.bytes(kValue,
                  Message().bytes(kTag, scalar.tag).real(kSimpleValue, scalar.value).text());
  }
  for (const EventImage& image : event.images) {
    const Message picture = Message()
                                .number(kHeight, image.height)
                                .number(kWidth, image.width)
                                .number(kColorspace, image.channels)
                                .bytes(kEncoded, image.png);
    summary.bytes(kValue, Message().bytes(kTag, image.tag).bytes(kImage, picture.text()).text());
  }
  return Message()
      .real(kWallTime, event.wall_time)
      .number(kStep, event.step)
      .bytes(kSummary, summary.text())
      .text();
}

std::int64_t step_of_event(std::string_view message) {
  protobuf::Reader reader(message);
  while (const auto field = reader.next()) {
    if (field->number == kStep && field->wire == Wire::kVarint) {
      return static_cast<std::int64_t>(field->value);
    }
  }
  return 0;
}

}  // namespace fool
