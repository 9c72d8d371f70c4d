// From 8-bit images to a network's float input, as its card says, and the way back for gradients.
#pragma once

#include <array>
#include <vector>

#include "fool/core/image.h"
#include "fool/core/span.h"
#include "fool/model/model_spec.h"

namespace fool {

// Order of the values of one image in memory.
enum class Layout { kPlanes, kPixels };  // [C, H, W] or [H, W, C]

class Preprocessor {
 public:
  explicit Preprocessor(const InputSpec& input);

  // images: [B, H, W, C] u8 of input.shape(). out: B images of f32 in the network's channel order.
  void forward(const ImageBatch& images, Layout layout, float* out) const;

  // Gradients with respect to what forward() wrote -> with respect to the pixels, [B, H, W, C] in
  // the order of the images.
  void backward(const float* input_gradient, Layout layout, Span<float> pixel_gradient) const;

 private:
  ImageShape shape_;
  std::vector<int> source_;                    // image channel that network channel c comes from
  std::vector<std::array<float, 256>> table_;  // [C]: input value of every pixel value
  std::vector<float> slope_;                   // [C]: d input / d pixel
};

}  // namespace fool
