#include "classify/preprocess.h"

namespace fool {

Preprocessor::Preprocessor(const InputSpec& input) {
  for (std::size_t i = 0; i < input.mean.size(); ++i) {
    source_.push_back(input.channels == ChannelOrder::kBgr ? 2 - i : i);
    std::array<float, 256> values{};
    for (std::size_t pixel = 0; pixel < values.size(); ++pixel) {
      values[pixel] = (static_cast<float>(pixel) * input.scale - input.mean[i]) / input.std[i];
    }
    table_.push_back(values);
    slope_.push_back(input.scale / input.std[i]);
  }
}

void Preprocessor::forward(const ImageBatch& images, Span<float> out) const {
  const std::uint8_t* in = images.bytes().data();
  float* to = out.data();
  const std::size_t size = images.bytes().size();
  const float* table0 = table_[0].data();
  if (slope_.size() == 1) {
    for (std::size_t i = 0; i < size; ++i) to[i] = table0[in[i]];
    return;
  }
  const float* table1 = table_[1].data();
  const float* table2 = table_[2].data();
  const auto source0 = static_cast<std::size_t>(source_[0]);
  const auto source2 = static_cast<std::size_t>(source_[2]);
  for (std::size_t i = 0; i < size; i += 3) {
    to[i] = table0[in[i + source0]];
    to[i + 1] = table1[in[i + 1]];
    to[i + 2] = table2[in[i + source2]];
  }
}

void Preprocessor::backward(Span<const float> input_gradient, Span<float> pixel_gradient) const {
  const std::size_t channels = slope_.size();
  for (std::size_t i = 0; i < input_gradient.size(); i += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      pixel_gradient[i + source_[c]] = input_gradient[i + c] * slope_[c];
    }
  }
}

}  // namespace fool
