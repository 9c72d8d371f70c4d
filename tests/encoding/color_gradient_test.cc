#include "encoding/color_gradient.h"

#include <gtest/gtest.h>

#include "encoding/slopes.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

constexpr ColorSpace kSpaces[] = {ColorSpace::kRgb, ColorSpace::kHsv, ColorSpace::kHls};

void expect_slopes(const ColorRule& rule, const std::array<double, 3>& numbers) {
  for (std::size_t channel = 0; channel < 3; ++channel) {
    float rgb[3] = {0, 0, 0};
    rgb[channel] = 1;
    float at[3];
    for (std::size_t i = 0; i < 3; ++i) at[i] = static_cast<float>(numbers[i]);
    const ColorGradient<float> by = color_gradient(rule, at, rgb);
    const float slopes[3] = {by.first, by.second, by.third};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto f = [&](double step) {
        std::array<double, 3> moved = numbers;
        moved[i] += step;
        return rgb_in_doubles(rule, moved)[channel];
      };
      ASSERT_TRUE(is_slope(static_cast<double>(slopes[i]), f, 1e-4))
          << "space " << static_cast<int>(rule.space) << ", hue scale " << rule.hue_scale
          << ", numbers " << numbers[0] << " " << numbers[1] << " " << numbers[2] << ", channel "
          << channel << " by number " << i;
    }
  }
}

TEST(ColorGradient, IsThatOfTheContinuousColour) {
  RngStream rng(1, "test.color_gradient", 0, 0);
  for (const ColorSpace space : kSpaces) {
    for (const int hue_scale : {180, 255, 90}) {
      for (int i = 0; i < 5000; ++i) {
        std::array<double, 3> numbers{};
        for (double& number : numbers)
          number = static_cast<double>(static_cast<float>(255 * rng.uniform()));
        expect_slopes({space, hue_scale}, numbers);
      }
    }
  }
}

// Whole sectors of hue, black, white and grey, where one side counts.
TEST(ColorGradient, TakesOneSideAtTheKinks) {
  for (const ColorSpace space : kSpaces) {
    for (const double hue : {42.5, 85.0, 127.5, 170.0, 212.5}) {
      for (const double second : {0.0, 127.5, 255.0}) {
        for (const double third : {0.0, 100.0, 255.0}) {
          expect_slopes({space, 180}, {hue, second, third});
        }
      }
    }
  }
}

// Red, green and blue count together.
TEST(ColorGradient, IsLinearInTheGradientByThePixel) {
  for (const ColorSpace space : kSpaces) {
    const ColorRule rule{space, 180};
    const float at[3] = {60.5F, 100.25F, 200.0F};
    ColorGradient<float> sum{0, 0, 0};
    const float all[3] = {0.5F, -2.0F, 3.0F};
    for (std::size_t i = 0; i < 3; ++i) {
      float one[3] = {0, 0, 0};
      one[i] = all[i];
      const ColorGradient<float> by = color_gradient(rule, at, one);
      sum = {sum.first + by.first, sum.second + by.second, sum.third + by.third};
    }
    const ColorGradient<float> by = color_gradient(rule, at, all);
    EXPECT_NEAR(by.first, sum.first, 1e-5);
    EXPECT_NEAR(by.second, sum.second, 1e-5);
    EXPECT_NEAR(by.third, sum.third, 1e-5);
  }
}

}  // namespace
}  // namespace fool
