#include "encoding/color_rule.h"

#include <gtest/gtest.h>

namespace fool {
namespace {

TEST(ColorRule, IsReadFromSettings) {
  const auto read = [](const char* space) {
    return read_color_rule({{"color_space", space}, {"hue_scale", 200}});
  };
  EXPECT_EQ(read("rgb").space, ColorSpace::kRgb);
  EXPECT_EQ(read("hsv").space, ColorSpace::kHsv);
  EXPECT_EQ(read("hls").space, ColorSpace::kHls);
  EXPECT_EQ(read("hls").hue_scale, 200);
}

}  // namespace
}  // namespace fool
