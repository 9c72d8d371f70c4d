#include "classify/preprocess.h"

namespace fool {

Preprocessor::Preprocessor(const InputSpec& input) : shape_(input.shape()) {
  for (int c = 0; c < shape_.channels; ++c) {
    const auto i = static_cast<std::size_t>(c);
    source_.push_back(input.channels == ChannelOrder::kBgr ? 2 - c : c);
    std::array<float, 256> values{};
    for (std::size_t pixel = 0; pixel < values.size(); ++pixel) {
      values[pixel] = (static_cast<float>(pixel) * input.scale - input.mean[i]) / input.std[i];
    }
    table_.push_back(values);
    slope_.push_back(input.scale / input.std[i]);
  }
}

void Preprocessor::forward(const ImageBatch& images, Layout layout, float* out) const {
  const auto channels = static_cast<std::size_t>(shape_.channels);
  const std::size_t pixels = shape_.size() / channels;
  // Where the values of channel c go: at first + c * plane, then every step-th place.
  const std::size_t step = layout == Layout::kPixels ? channels : 1;
  const std::size_t plane = layout == Layout::kPixels ? 1 : pixels;
  for (int b = 0; b < images.count(); ++b, out += shape_.size()) {
    const std::uint8_t* image = images[b].data;
    if (channels == 1) {
      const float* table = table_[0].data();
      for (std::size_t i = 0; i < pixels; ++i) out[i] = table[image[i]];
      continue;
    }
    const float* table0 = table_[0].data();
    const float* table1 = table_[1].data();
    const float* table2 = table_[2].data();
    const auto source0 = static_cast<std::size_t>(source_[0]);
    const auto source2 = static_cast<std::size_t>(source_[2]);
    for (std::size_t i = 0; i < pixels; ++i, image += 3) {
      out[i * step] = table0[image[source0]];
      out[i * step + plane] = table1[image[1]];
      out[i * step + 2 * plane] = table2[image[source2]];
    }
  }
}

void Preprocessor::backward(const float* input_gradient, Layout layout,
                            Span<float> pixel_gradient) const {
  const auto channels = static_cast<std::size_t>(shape_.channels);
  const std::size_t pixels = shape_.size() / channels;
  const std::size_t step = layout == Layout::kPixels ? channels : 1;
  const std::size_t plane = layout == Layout::kPixels ? 1 : pixels;
  float* out = pixel_gradient.data();
  for (std::size_t done = 0; done < pixel_gradient.size(); done += shape_.size()) {
    for (std::size_t i = 0; i < pixels; ++i) {
      for (std::size_t c = 0; c < channels; ++c) {
        out[i * channels + static_cast<std::size_t>(source_[c])] =
            input_gradient[i * step + c * plane] * slope_[c];
      }
    }
    out += shape_.size();
    input_gradient += shape_.size();
  }
}

}  // namespace fool
