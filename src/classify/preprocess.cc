#include "classify/preprocess.h"

namespace fool {

Preprocessor::Preprocessor(const InputSpec& input) : kernel_(pixel_kernel()) {
  const std::size_t channels = input.mean.size();
  rule_.swaps_red_and_blue = input.channels == ChannelOrder::kBgr;
  rule_.scale = input.scale;
  for (std::size_t i = 0; i < PixelRule::kPeriod; ++i) {
    rule_.mean[i] = input.mean[i % channels];
    rule_.std[i] = input.std[i % channels];
  }
  find_inverses(rule_);
  for (std::size_t c = 0; c < channels; ++c) slope_.push_back(input.scale / input.std[c]);
}

void Preprocessor::forward(Span<const std::uint8_t> pixels, Span<float> out) const {
  kernel_(rule_, pixels.data(), out.data(), pixels.size());
}

void Preprocessor::backward(Span<const float> input_gradient, Span<float> pixel_gradient) const {
  const std::size_t channels = slope_.size();
  for (std::size_t i = 0; i < input_gradient.size(); i += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      const std::size_t source = rule_.swaps_red_and_blue ? channels - 1 - c : c;
      pixel_gradient[i + source] = input_gradient[i + c] * slope_[c];
    }
  }
}

}  // namespace fool
