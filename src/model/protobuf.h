// Protocol-buffer messages in memory, field by field: what Caffe and ONNX files are made of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace fool::protobuf {

enum class Wire : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

struct Field {
  int number = 0;
  Wire wire = Wire::kVarint;
  std::uint64_t value = 0;  // of kVarint
  std::string_view bytes;   // of all others: texts, packed numbers and messages in kBytes
};

class Reader {
 public:
  explicit Reader(std::string_view message) : rest_(message) {}

  // The next field; none at the end of the message, and where the bytes are no message.
  std::optional<Field> next();
  bool damaged() const { return damaged_; }

 private:
  std::optional<Field> take();

  std::string_view rest_;
  bool damaged_ = false;
};

// The number at the beginning of the bytes, which it is taken off; none where they hold none.
std::optional<std::uint64_t> take_varint(std::string_view& bytes);

struct FieldCounts {
  int varints = 0;
  int messages = 0;  // texts, bytes and nested messages
};

// How often each field occurs, by number; nothing if the bytes are not one whole message. Enough
// to tell formats apart that have no magic number.
std::optional<std::map<int, FieldCounts>> count_fields(std::string_view message);

}  // namespace fool::protobuf
