// Weights of any readable kind to a safetensors file with a card.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace fool {

struct Conversion {
  std::filesystem::path weights;
  std::filesystem::path card;  // empty where none could be written
  std::size_t tensors = 0;
  std::int64_t numbers = 0;
  std::string sha256;  // of the weights
  std::string remark;  // what the user should know, or empty
};

// `model` is what --model takes; `out` ends in .safetensors. The card is that of the model with the
// new file, or made for a network that is recognised; weights that belong to no built-in network
// are converted as they are, without a card. Existing files are kept unless `force`. Throws
// Error(kModel, kUsage, kIo).
Conversion convert_model(const std::string& model, const std::filesystem::path& out,
                         const std::string& name, bool force);

}  // namespace fool
