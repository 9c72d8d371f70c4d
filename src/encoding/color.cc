#include "encoding/color.h"

namespace fool {

Rgb to_rgb(const ColorRule& rule, std::uint8_t first, std::uint8_t second, std::uint8_t third) {
  switch (rule.space) {
    case ColorSpace::kRgb:
      break;
    case ColorSpace::kHsv:
      return to_rgb<ColorSpace::kHsv>(rule.hue_scale, first, second, third);
    case ColorSpace::kHls:
      return to_rgb<ColorSpace::kHls>(rule.hue_scale, first, second, third);
  }
  return to_rgb<ColorSpace::kRgb>(rule.hue_scale, first, second, third);
}

}  // namespace fool
