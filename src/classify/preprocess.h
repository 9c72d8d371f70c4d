// From 8-bit images to a network's float input, as its card says, and the way back for gradients.
// The input keeps the channels of a pixel together, as images do ("channels last"): every network
// here is at least as fast that way, the convolutional ones on a CPU by up to 2 times.
#pragma once

#include <array>
#include <vector>

#include "fool/core/image.h"
#include "fool/core/span.h"
#include "fool/model/model_spec.h"

namespace fool {

class Preprocessor {
 public:
  explicit Preprocessor(const InputSpec& input);

  // images: [B, H, W, C] u8 of input.shape() -> [B, H, W, C] f32 in the network's channel order.
  void forward(const ImageBatch& images, Span<float> out) const;

  // Gradient with respect to what forward() wrote -> with respect to the pixels.
  void backward(Span<const float> input_gradient, Span<float> pixel_gradient) const;

 private:
  std::vector<std::size_t> source_;  // [C]: image channel that a network channel comes from
  std::vector<std::array<float, 256>> table_;  // [C]: input value of every pixel value
  std::vector<float> slope_;                   // [C]: d input / d pixel
};

}  // namespace fool
