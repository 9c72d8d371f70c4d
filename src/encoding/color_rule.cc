#include "encoding/color_rule.h"

#include <string>

namespace fool {

ColorRule read_color_rule(const Json& settings) {
  const std::string space = settings.at("color_space");
  ColorRule rule;
  rule.space = space == "rgb"   ? ColorSpace::kRgb
               : space == "hls" ? ColorSpace::kHls
                                : ColorSpace::kHsv;
  rule.hue_scale = settings.at("hue_scale");
  return rule;
}

}  // namespace fool
