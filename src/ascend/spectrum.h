// A plane of numbers as a sum of waves. Steps in the waves' amplitudes, of which low frequencies
// count more, make smooth structures where steps in pixels make noise.
#pragma once

#include <vector>

#include "fool/core/span.h"

namespace fool {

class Spectrum {
 public:
  // For planes of this size. A wave of frequency f (in cycles per pixel, at least one in the longer
  // side) is made 1 / (4 f^power) times as large as its amplitude says, in an orthonormal
  // transform.
  Spectrum(int height, int width, double power);

  std::size_t size() const { return weight_.size(); }  // amplitudes of a plane

  // plane: [H, W]; amplitudes: [size()].
  void to_plane(Span<const float> amplitudes, Span<float> plane) const;

  // The gradient by the amplitudes of something whose gradient by the plane is given.
  void pull_back(Span<const float> by_plane, Span<float> by_amplitudes) const;

  // Amplitudes that to_plane() makes this plane of.
  void analyse(Span<const float> plane, Span<float> amplitudes) const;

 private:
  // The transform is quick for products of 2, 3 and 5: planes are the top left corner of one.
  int height_, width_;          // of the plane
  int rows_, columns_;          // of the transform
  std::vector<float> weight_;   // [rows, columns]
  std::vector<float> doubled_;  // 2 for an amplitude that stands for two waves of the full spectrum
};

}  // namespace fool
