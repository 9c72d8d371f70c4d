// What the input nodes of a CPPN see at each pixel.
#pragma once

#include <cmath>
#include <vector>

#include "fool/core/image.h"

namespace fool {

enum class CoordinateRule { kNormalised, kPixel };

class CppnCoordinates {
 public:
  static constexpr float kBias = 1.0F;

  // kNormalised: x and y run from -1 to 1. kPixel: they are the pixel's indices in an image of the
  // native size; in an image of another size they run over the same range, so that the same picture
  // appears.
  CppnCoordinates(CoordinateRule rule, const ImageShape& native, int height, int width);

  float x(int column) const { return x_[static_cast<std::size_t>(column)]; }
  float y(int row) const { return y_[static_cast<std::size_t>(row)]; }
  // The distance from the centre, 0 to sqrt(2); from normalised coordinates under either rule.
  float d(int row, int column) const {
    const float dx = dx_[static_cast<std::size_t>(column)];
    const float dy = dy_[static_cast<std::size_t>(row)];
    return std::sqrt(dx * dx + dy * dy);
  }

 private:
  std::vector<float> x_, y_;
  std::vector<float> dx_, dy_;
};

}  // namespace fool
