#include "encoding/color_gradient.h"

#include <type_traits>

namespace fool {

ColorGradient<float> color_gradient(const ColorRule& rule, const float* numbers, const float* rgb) {
  const auto in = [&](auto space) {
    return color_gradient<decltype(space)::value>(rule.hue_scale, numbers[0], numbers[1],
                                                  numbers[2], rgb[0], rgb[1], rgb[2]);
  };
  switch (rule.space) {
    case ColorSpace::kRgb:
      break;
    case ColorSpace::kHsv:
      return in(std::integral_constant<ColorSpace, ColorSpace::kHsv>());
    case ColorSpace::kHls:
      return in(std::integral_constant<ColorSpace, ColorSpace::kHls>());
  }
  return in(std::integral_constant<ColorSpace, ColorSpace::kRgb>());
}

}  // namespace fool
