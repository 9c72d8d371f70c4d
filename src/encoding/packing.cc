#include "encoding/packing.h"

#include <zlib.h>

#include <array>

#include "fool/core/error.h"

namespace fool {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += j <= count ? kAlphabet[group >> (18 - 6 * j) & 63U] : '=';
    }
  }
  return text;
}

std::string from_base64(std::string_view text, std::string_view what) {
  std::array<int, 256> value{};
  value.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    value[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int>(i);
  }
  if (text.size() % 4 != 0) {
    fail(ErrorKind::kData, "{}: base64 text of {} characters, expected a multiple of 4", what,
         text.size());
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    // One or two "=" may end the last group.
    std::size_t digits = 4;
    if (i + 4 == text.size()) {
      while (digits > 2 && text[i + digits - 1] == '=') --digits;
    }
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const int digit = j < digits ? value[static_cast<unsigned char>(text[i + j])] : 0;
      if (digit < 0) fail(ErrorKind::kData, "{}: character {} is not base64", what, i + j);
      group = group << 6 | static_cast<std::uint32_t>(digit);
    }
    for (std::size_t j = 0; j + 1 < digits; ++j) {
      bytes += static_cast<char>(group >> (16 - 8 * j) & 255U);
    }
  }
  return bytes;
}

}  // namespace

std::string pack_text(std::string_view bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string packed(size, '\0');
  const int status = compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
                               reinterpret_cast<const Bytef*>(bytes.data()),
                               static_cast<uLong>(bytes.size()), Z_DEFAULT_COMPRESSION);
  if (status != Z_OK)
    fail(ErrorKind::kInternal, "zlib cannot compress {} bytes: {}", bytes.size(), status);
  packed.resize(size);
  return to_base64(packed);
}

std::string unpack_text(std::string_view text, std::size_t size, std::string_view what) {
  const std::string packed = from_base64(text, what);
  std::string bytes(size, '\0');
  uLongf unpacked = static_cast<uLongf>(size);
  const int status =
      uncompress(reinterpret_cast<Bytef*>(bytes.data()), &unpacked,
                 reinterpret_cast<const Bytef*>(packed.data()), static_cast<uLong>(packed.size()));
  if (status != Z_OK || unpacked != size) {
    fail(ErrorKind::kData, "{}: the data is damaged, or not {} bytes long when unpacked", what,
         size);
  }
  return bytes;
}

}  // namespace fool
