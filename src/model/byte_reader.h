// Little-endian numbers and runs of bytes from memory, each checked against its end.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "fool/core/error.h"

namespace fool {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are copied as they lie");

// size bytes of `bytes` from `offset`. Throws Error(kModel), beginning with `where`.
inline std::string_view checked_part(std::string_view bytes, std::uint64_t offset,
                                     std::uint64_t size, const std::string& where) {
  if (offset > bytes.size() || size > bytes.size() - offset) {
    fail(ErrorKind::kModel,
         "{}: {} bytes are expected at byte {}, but there are only {} in all; the file is "
         "truncated or damaged",
         where, size, offset, bytes.size());
  }
  return bytes.substr(offset, size);
}

template <typename T>
T number_at(std::string_view bytes, std::uint64_t offset, const std::string& where) {
  static_assert(std::is_integral_v<T>);
  T value;
  std::memcpy(&value, checked_part(bytes, offset, sizeof(T), where).data(), sizeof(T));
  return value;
}

}  // namespace fool
