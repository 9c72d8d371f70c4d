#include "encoding/cppn_coordinates.h"

namespace fool {
namespace {

// `count` values that run from `first` to `last` in equal steps; the middle for a single one.
std::vector<float> ramp(double first, double last, int count) {
  std::vector<float> result;
  for (int i = 0; i < count; ++i) {
    const double along = count > 1 ? i * (last - first) / (count - 1) : 0.5 * (last - first);
    result.push_back(static_cast<float>(first + along));
  }
  return result;
}

}  // namespace

CppnCoordinates::CppnCoordinates(CoordinateRule rule, const ImageShape& native, int height,
                                 int width)
    : dx_(ramp(-1, 1, width)), dy_(ramp(-1, 1, height)) {
  if (rule == CoordinateRule::kNormalised) {
    x_ = dx_;
    y_ = dy_;
  } else {
    x_ = ramp(0, native.width - 1, width);
    y_ = ramp(0, native.height - 1, height);
  }
}

}  // namespace fool
