#include "report/npz.h"

#include <zlib.h>

#include <algorithm>

#include "fool/core/error.h"

namespace fool {
namespace {

constexpr std::uint64_t kLargest = 0xFFFFFFFEU;  // beyond it, Zip64 begins

void put(std::string& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 255U);
}

uLong checksum(uLong crc, std::string_view bytes) {
  constexpr std::size_t kPiece = 1U << 30;  // zlib counts in 32 bits
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kPiece, bytes.size()))) {
    crc = crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()),
                static_cast<uInt>(std::min(kPiece, bytes.size())));
  }
  return crc;
}

// What the headers of an entry have in common: from the version that is needed to the lengths of
// name and extra field. The time is the first one that the format knows: equal data, equal files.
std::string entry_facts(uLong crc, std::uint64_t size, std::size_t name_length) {
  constexpr int kVersion = 20, kFlags = 0, kStored = 0, kTime = 0, kDate = 0x21;
  std::string facts;
  for (const int value : {kVersion, kFlags, kStored, kTime, kDate}) {
    put(facts, static_cast<std::uint64_t>(value), 2);
  }
  put(facts, crc, 4);
  put(facts, size, 4);
  put(facts, size, 4);
  put(facts, name_length, 2);
  put(facts, 0, 2);
  return facts;
}

// The code points of UTF-8.
std::vector<std::uint32_t> code_points(std::string_view text) {
  constexpr std::uint32_t kReplacement = 0xFFFD;
  std::vector<std::uint32_t> points;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    const int more = lead < 0x80 ? 0 : lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : -1;
    std::uint32_t point = more <= 0 ? lead : lead & (0x3FU >> more);
    bool whole = more >= 0;
    for (int k = 0; whole && k < more; ++k) {
      whole = i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80;
      if (whole) point = point << 6 | (static_cast<unsigned char>(text[i++]) & 0x3FU);
    }
    points.push_back(whole && point <= 0x10FFFF ? point : kReplacement);
  }
  return points;
}

}  // namespace

std::string npy_header(const std::string& dtype, const std::vector<std::size_t>& shape) {
  std::string dimensions;
  for (const std::size_t side : shape) dimensions += fmt::format("{}, ", side);
  if (shape.size() > 1) dimensions.resize(dimensions.size() - 2);  // (3,) but (3, 4)
  if (shape.size() == 1) dimensions.resize(dimensions.size() - 1);
  std::string text =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", dtype, dimensions);
  constexpr std::size_t kBefore = 10, kAlignment = 64;
  text.append(kAlignment - 1 - (kBefore + text.size()) % kAlignment, ' ');
  text += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  put(header, text.size(), 2);
  return header + text;
}

std::string npy_texts(const std::vector<std::string>& texts, std::size_t& length) {
  std::vector<std::vector<std::uint32_t>> all;
  length = 1;
  for (const std::string& text : texts) {
    all.push_back(code_points(text));
    length = std::max(length, all.back().size());
  }
  std::string bytes;
  for (std::vector<std::uint32_t>& points : all) {
    points.resize(length);
    for (const std::uint32_t point : points) put(bytes, point, 4);
  }
  return bytes;
}

void NpzFile::add(const std::string& name, const std::string& dtype,
                  const std::vector<std::size_t>& shape, std::string_view data) {
  const std::string file_name = name + ".npy";
  const std::string header = npy_header(dtype, shape);
  const std::uint64_t size = header.size() + data.size();
  if (offset_ + size + directory_.size() + 1024 > kLargest) {
    fail(ErrorKind::kUsage,
         "an .npz holds at most 4 GiB here; \"{}\" has {:.1f}: export fewer runs at a time, or "
         "--format folder",
         name, static_cast<double>(size) / (1U << 30));
  }
  const std::string facts =
      entry_facts(checksum(checksum(crc32(0, nullptr, 0), header), data), size, file_name.size());
  directory_ += "PK\x01\x02";
  put(directory_, 20, 2);  // made by: version 2.0 of the format
  directory_ += facts;
  put(directory_, 0, 2);  // comment
  put(directory_, 0, 2);  // disk
  put(directory_, 0, 2);  // attributes
  put(directory_, 0, 4);
  put(directory_, offset_, 4);
  directory_ += file_name;
  ++entries_;

  const std::string local = "PK\x03\x04" + facts + file_name;
  for (const std::string_view part : {std::string_view(local), std::string_view(header), data}) {
    file_.write(part);
    offset_ += part.size();
  }
}

void NpzFile::commit() {
  std::string end = "PK\x05\x06";
  put(end, 0, 4);  // disks
  put(end, entries_, 2);
  put(end, entries_, 2);
  put(end, directory_.size(), 4);
  put(end, offset_, 4);
  put(end, 0, 2);  // comment
  file_.write(directory_);
  file_.write(end);
  file_.commit();
}

}  // namespace fool
