// Files that are whole or not there: written to a temporary name beside the target, synced and
// renamed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace fool {

// A file in the making. Nothing is seen under the final name before commit(); without commit()
// nothing is left.
class AtomicFile {
 public:
  // Throws Error(kIo) if the temporary file cannot be made.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);  // throws Error(kIo), for instance when the disk is full
  void commit();                       // flush, fsync, rename, fsync of the directory

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
};

// One write() and commit(). Throws Error(kIo).
void write_file(const std::filesystem::path& path, std::string_view bytes);

// The whole file. Throws Error(kIo) if it is not there or cannot be read.
std::string read_file(const std::filesystem::path& path);

// A file mapped read-only into memory. Throws Error(kIo).
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {data_, size_}; }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

// SHA-256 as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);
std::string sha256_file(const std::filesystem::path& path);  // throws Error(kIo)

}  // namespace fool
