// IDX files, the format of MNIST: a big-endian magic number, the sizes, then unsigned bytes. Plain
// or gzip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "fool/core/image.h"

namespace fool {

// N grey images. Throws Error(kData) naming the file for a wrong magic number, sizes that cannot
// be, or a file that is shorter or longer than its sizes say.
ImageBatch read_idx_images(const std::filesystem::path& path);

// N labels. Throws Error(kData) likewise.
std::vector<std::uint8_t> read_idx_labels(const std::filesystem::path& path);

}  // namespace fool
