// NumPy's .npz: arrays as .npy files in a zip archive that compresses nothing (numpy.savez).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fool/core/files.h"

namespace fool {

// The beginning of an .npy file, version 1.0, of an array in C order. dtype: as NumPy writes it:
// "|u1", "<i8", "<f4", "<U12".
std::string npy_header(const std::string& dtype, const std::vector<std::size_t>& shape);

// Texts as elements of NumPy's type "<UN": UTF-32, filled up with zeros. `length` becomes N, the
// characters of the longest (at least 1). What is no UTF-8 becomes U+FFFD.
std::string npy_texts(const std::vector<std::string>& texts, std::size_t& length);

class NpzFile {
 public:
  explicit NpzFile(const std::filesystem::path& path) : file_(path) {}  // throws Error(kIo)

  // Adds NAME.npy. data: the elements, little-endian. Throws Error(kIo), and Error(kUsage) for an
  // archive beyond 4 GiB, which would need another format.
  void add(const std::string& name, const std::string& dtype, const std::vector<std::size_t>& shape,
           std::string_view data);

  void commit();  // throws Error(kIo)

 private:
  AtomicFile file_;
  std::string directory_;  // the zip's, so far
  std::uint64_t offset_ = 0;
  std::uint16_t entries_ = 0;
};

}  // namespace fool
