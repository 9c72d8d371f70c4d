// Writes zip and tar archives, for tests.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "model/pickle_writer.h"

namespace fool {

struct ZipEntry {
  std::string name;
  std::string data;
  std::uint16_t method = 0;  // stored
  std::uint16_t flags = 0;
};

struct ZipOptions {
  bool zip64 = false;          // sizes and offsets in the extra field, as for files of 4 GB
  std::size_t alignment = 64;  // of the data, by padding in the local extra field, as PyTorch does
  std::string comment;
};

inline std::string zip_of(const std::vector<ZipEntry>& entries, const ZipOptions& options = {}) {
  const auto u16 = [](std::size_t n) { return bytes_of(static_cast<std::uint16_t>(n)); };
  const auto u32 = [](std::size_t n) { return bytes_of(static_cast<std::uint32_t>(n)); };
  const auto u64 = [](std::size_t n) { return bytes_of(static_cast<std::uint64_t>(n)); };
  std::string file;
  std::string directory;
  for (const ZipEntry& entry : entries) {
    const std::string common = u16(entry.flags) + u16(entry.method) + std::string(8, '\0');
    const std::size_t header = file.size();
    std::size_t padding = 4;
    while ((header + 30 + entry.name.size() + padding) % options.alignment != 0) ++padding;
    file += "PK\3\4" + u16(20) + common + u32(entry.data.size()) + u32(entry.data.size()) +
            u16(entry.name.size()) + u16(padding) + entry.name + "FB" + u16(padding - 4) +
            std::string(padding - 4, 'Z') + entry.data;
    const std::size_t full = 0xffffffff;
    const std::string extra = options.zip64 ? u16(1) + u16(24) + u64(entry.data.size()) +
                                                  u64(entry.data.size()) + u64(header)
                                            : "";
    const std::size_t size = options.zip64 ? full : entry.data.size();
    directory += "PK\1\2" + u16(20) + u16(20) + common + u32(size) + u32(size) +
                 u16(entry.name.size()) + u16(extra.size()) + u16(0) + u16(0) + u16(0) + u32(0) +
                 u32(options.zip64 ? full : header) + entry.name + extra;
  }
  const std::size_t offset = file.size();
  file += directory;
  if (options.zip64) {
    const std::size_t end = file.size();
    file += "PK\6\6" + u64(44) + u16(45) + u16(45) + u32(0) + u32(0) + u64(entries.size()) +
            u64(entries.size()) + u64(directory.size()) + u64(offset);
    file += "PK\6\7" + u32(0) + u64(end) + u32(1);
  }
  const std::size_t full = 0xffffffff;
  return file + "PK\5\6" + u16(0) + u16(0) + u16(entries.size()) + u16(entries.size()) +
         u32(options.zip64 ? full : directory.size()) + u32(options.zip64 ? full : offset) +
         u16(options.comment.size()) + options.comment;
}

struct TarEntry {
  std::string name;
  std::string data;
  char type = '0';
};

inline std::string tar_of(const std::vector<TarEntry>& entries) {
  const auto octal = [](std::size_t number, int digits) {
    char text[32];
    std::snprintf(text, sizeof(text), "%0*zo", digits, number);
    return std::string(text) + '\0';
  };
  std::string file;
  for (const TarEntry& entry : entries) {
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, const std::string& text) {
      header.replace(at, text.size(), text);
    };
    put(0, entry.name);
    put(100, octal(0644, 7));
    put(124, octal(entry.data.size(), 11));
    put(136, octal(0, 11));
    put(148, std::string(8, ' '));
    header[156] = entry.type;
    put(257, std::string("ustar\0", 6) + "00");
    std::size_t sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    put(148, octal(sum, 6) + ' ');
    file += header + entry.data;
    file.resize((file.size() + 511) / 512 * 512, '\0');
  }
  return file + std::string(1024, '\0');
}

}  // namespace fool
