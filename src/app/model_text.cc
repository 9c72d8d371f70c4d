#include "app/model_text.h"

#include <filesystem>

#include "fool/core/error.h"

namespace fool {

std::string input_text(const ModelSpec& spec) {
  const char* channels = spec.input.channels == ChannelOrder::kGray  ? "grey"
                         : spec.input.channels == ChannelOrder::kRgb ? "RGB"
                                                                     : "BGR";
  return fmt::format("{}x{} {}", spec.input.width, spec.input.height, channels);
}

bool has_weights(const ModelSpec& spec) {
  std::error_code ignored;
  return spec.weights.empty() || std::filesystem::is_regular_file(spec.weights, ignored);
}

}  // namespace fool
