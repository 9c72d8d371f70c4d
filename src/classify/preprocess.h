// From 8-bit images to a network's float input, as its card says, and the way back for gradients.
// The input keeps the channels of a pixel together, as images do ("channels last"): every network
// here is at least as fast that way, the convolutional ones on a CPU by up to 2 times.
#pragma once

#include <vector>

#include "classify/pixel_kernels.h"
#include "fool/core/image.h"
#include "fool/core/span.h"
#include "fool/model/model_spec.h"

namespace fool {

class Preprocessor {
 public:
  explicit Preprocessor(const InputSpec& input);

  // pixels: [B, H, W, C] u8 of input.shape() -> [B, H, W, C] f32 in the network's channel order.
  void forward(Span<const std::uint8_t> pixels, Span<float> out) const;

  // Gradient with respect to what forward() wrote -> with respect to the pixels.
  void backward(Span<const float> input_gradient, Span<float> pixel_gradient) const;

 private:
  PixelRule rule_;
  PixelKernel kernel_;
  std::vector<float> slope_;  // [C]: d input / d pixel
};

}  // namespace fool
