// An image as somebody sees it who holds it a little wrong: moved, scaled and turned. An ascent
// whose network looks in this way finds images that do not hang on single pixels.
#pragma once

#include <vector>

#include "fool/ascend/settings.h"
#include "fool/core/image.h"
#include "fool/core/rng.h"
#include "fool/core/span.h"

namespace fool {

class View {
 public:
  // jitter, scaling and rotation of the settings, as far as the random numbers go. Sizes, angles
  // and moves are uniform.
  View(const AscentSettings& settings, const ImageShape& shape, RngStream rng);

  // Bilinear; beyond its edges an image goes on as its edge. Both [H, W, C].
  void look(Span<const float> image, Span<float> seen) const;

  // The gradient by the image of something whose gradient by what is seen is given.
  void pull_back(Span<const float> by_seen, Span<float> by_image) const;

 private:
  // Calls use(place in seen, place in the image, weight) for every pair of pixels that matters to
  // another; places are those of the first channel.
  template <typename Use>
  void for_each_pair(Use&& use) const;

  ImageShape shape_;
  double cos_, sin_;  // over the scale
  int down_, across_;
};

}  // namespace fool
