// Named tensors in a safetensors file: weights, and our own checkpoints and genomes (one line of
// Python reads them). Nothing in the file is trusted: every size, offset and type is checked
// against the file's length.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fool {

enum class DType { kF64, kF32, kF16, kBF16, kI64, kI32, kI16, kI8, kU8, kBool };

std::size_t dtype_size(DType dtype);
std::string_view dtype_name(DType dtype);  // as in the file: "F32"

// A tensor whose bytes (row-major, little-endian) belong to somebody else.
struct TensorView {
  DType dtype = DType::kF32;
  std::vector<std::int64_t> shape;
  std::string_view bytes;

  std::int64_t elements() const;
};

// Weights as read from any format: views, and what keeps their bytes alive.
struct NamedTensors {
  std::map<std::string, TensorView> tensors;
  std::map<std::string, std::string> metadata;
  std::shared_ptr<const void> storage;
};

// Maps the file and checks it. Throws Error(kModel) saying what is wrong and where.
NamedTensors read_safetensors(const std::filesystem::path& path);

// The same for bytes in memory (kept alive by the caller); `name` is for messages.
NamedTensors parse_safetensors(std::string_view bytes, const std::string& name);

// Writes tensors in order of their names, 8-byte aligned header, atomically. Throws Error(kIo).
void write_safetensors(const std::filesystem::path& path,
                       const std::map<std::string, TensorView>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace fool
