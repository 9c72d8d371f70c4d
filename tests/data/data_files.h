// Makes small data files for the tests of data and train.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/data/dataset.h"

namespace fool {

// Writes a file below the folder, with the folders between; returns its path.
inline std::filesystem::path put(const ScratchFolder& folder, const std::string& name,
                                 const std::string& bytes) {
  const std::filesystem::path file = folder / name;
  std::filesystem::create_directories(file.parent_path());
  write_file(file, bytes);
  return file;
}

inline std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

inline std::string idx_images(std::uint32_t count, std::uint32_t height, std::uint32_t width,
                              const std::string& pixels) {
  return big_endian(0x803) + big_endian(count) + big_endian(height) + big_endian(width) + pixels;
}

inline std::string idx_labels(const std::vector<std::uint8_t>& labels, std::uint32_t count) {
  return big_endian(0x801) + big_endian(count) + std::string(labels.begin(), labels.end());
}
inline std::string idx_labels(const std::vector<std::uint8_t>& labels) {
  return idx_labels(labels, static_cast<std::uint32_t>(labels.size()));
}

inline std::string gzip(const std::string& bytes) {
  z_stream stream{};
  const int gzip_format = 15 + 16;
  if (deflateInit2(&stream, 6, Z_DEFLATED, gzip_format, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib");
  }
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// The four files of a data set of grey images, as MNIST has them.
inline void put_mnist_files(const ScratchFolder& folder, const Dataset& train,
                            const Dataset& test) {
  for (const Dataset* dataset : {&train, &test}) {
    std::string pixels;
    std::vector<std::uint8_t> labels;
    ImageShape shape;
    for (int i = 0; i < dataset->size(); ++i) {
      const LabelledImage item = dataset->at(i);
      shape = item.image.shape();
      pixels.append(item.image.bytes().begin(), item.image.bytes().end());
      labels.push_back(static_cast<std::uint8_t>(item.label));
    }
    const std::string stem = dataset == &train ? "train" : "t10k";
    put(folder, stem + "-images-idx3-ubyte",
        idx_images(static_cast<std::uint32_t>(dataset->size()),
                   static_cast<std::uint32_t>(shape.height),
                   static_cast<std::uint32_t>(shape.width), pixels));
    put(folder, stem + "-labels-idx1-ubyte", idx_labels(labels));
  }
}

}  // namespace fool
