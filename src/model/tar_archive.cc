#include "model/tar_archive.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "fool/core/error.h"
#include "model/byte_reader.h"
#include "model/printable.h"

// The layout: POSIX.1-2001, pax, "ustar Interchange Format".

namespace fool {
namespace {

constexpr std::size_t kBlock = 512;

// A field of octal digits between spaces and zeros.
std::optional<std::uint64_t> octal(std::string_view field) {
  std::uint64_t value = 0;
  std::size_t i = field.find_first_not_of(' ');
  if (i == std::string_view::npos || field[i] == '\0') return std::nullopt;
  for (; i < field.size() && field[i] != ' ' && field[i] != '\0'; ++i) {
    if (field[i] < '0' || field[i] > '7') return std::nullopt;
    value = value * 8 + static_cast<std::uint64_t>(field[i] - '0');  // 12 digits at most
  }
  return value;
}

// The sum of the header's bytes, with the field of the sum itself taken as spaces.
bool has_right_sum(std::string_view header) {
  const auto stated = octal(header.substr(148, 8));
  std::uint64_t sum = std::uint64_t{8} * ' ';
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (i < 148 || i >= 156) sum += static_cast<unsigned char>(header[i]);
  }
  return stated == sum;
}

std::string_view until_zero(std::string_view field) {
  return field.substr(0, std::min(field.find('\0'), field.size()));
}

}  // namespace

bool looks_like_tar(std::string_view bytes) {
  return bytes.size() >= kBlock && bytes.front() != '\0' && has_right_sum(bytes.substr(0, kBlock));
}

std::map<std::string_view, std::string_view> read_tar(std::string_view bytes,
                                                      const std::string& where) {
  std::map<std::string_view, std::string_view> files;
  std::size_t position = 0;
  while (position < bytes.size()) {
    const std::string_view header = checked_part(bytes, position, kBlock, where);
    if (header.find_first_not_of('\0') == std::string_view::npos) break;  // the end
    if (!has_right_sum(header)) {
      fail(ErrorKind::kModel, "{}: the tar archive is damaged: a wrong checksum at byte {}", where,
           position);
    }
    std::string_view name = until_zero(header.substr(0, 100));
    if (name.substr(0, 2) == "./") name.remove_prefix(2);
    const auto size = octal(header.substr(124, 12));
    if (!size) {
      fail(ErrorKind::kModel, "{}: the tar archive does not state the size of {}", where,
           printable(name));
    }
    const std::string_view content = checked_part(bytes, position + kBlock, *size, where);
    const char type = header[156];
    if (type == '0' || type == '\0') {  // a plain file
      if (!files.emplace(name, content).second) {
        fail(ErrorKind::kModel, "{}: the tar archive has {} twice", where, printable(name));
      }
    }
    position += kBlock + (content.size() + kBlock - 1) / kBlock * kBlock;
  }
  return files;
}

}  // namespace fool
