// Derivatives checked against differences of the same function in double precision, and colours as
// such a function: nothing is rounded to whole levels.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "encoding/activation.h"
#include "encoding/color.h"

namespace fool {

// Whether `slope` is that of f at 0, or of one of its sides: there may be a kink.
template <typename Function>
testing::AssertionResult is_slope(double slope, const Function& f, double tolerance,
                                  double step = 1e-6) {
  const double middle = f(0.0);
  const double up = f(step);
  const double down = f(-step);
  const std::array<double, 3> slopes = {(up - down) / (2 * step), (up - middle) / step,
                                        (middle - down) / step};
  for (const double expected : slopes) {
    if (std::fabs(slope - expected) <= tolerance) return testing::AssertionSuccess();
  }
  return testing::AssertionFailure()
         << "the slope is " << slope << ", expected " << slopes[0] << " (from the right "
         << slopes[1] << ", from the left " << slopes[2] << ") within " << tolerance;
}

inline double activate_in_doubles(Activation activation, double x) {
  switch (activation) {
    case Activation::kSine:
      return std::sin(x);
    case Activation::kSigmoid:
      return 2 / (1 + std::exp(-x)) - 1;
    case Activation::kGaussian:
      return std::exp(-x * x);
    case Activation::kLinear:
      return std::clamp(x, -3.0, 3.0) / 3;
    case Activation::kTanh:
      return std::tanh(5 * x);
    case Activation::kRelu:
      return std::clamp(x, 0.0, 3.0) / 3;
  }
  return 0;
}

// Numbers 0..255 as a colour's levels 0..255, by the formulas for fractions of 1.
inline std::array<double, 3> rgb_in_doubles(const ColorRule& rule,
                                            const std::array<double, 3>& numbers) {
  if (rule.space == ColorSpace::kRgb) return numbers;
  const double degrees = 2 * numbers[0] * rule.hue_scale / 255;
  std::array<double, 3> rgb{};
  for (std::size_t i = 0; i < 3; ++i) {
    if (rule.space == ColorSpace::kHsv) {
      constexpr double kShift[] = {5, 3, 1};
      const double k = std::fmod(kShift[i] + degrees / 60, 6);
      const double v = numbers[2] / 255;
      const double s = numbers[1] / 255;
      rgb[i] = 255 * (v - v * s * std::clamp(std::min(k, 4 - k), 0.0, 1.0));
    } else {
      constexpr double kShift[] = {0, 8, 4};
      const double k = std::fmod(kShift[i] + degrees / 30, 12);
      const double l = numbers[1] / 255;
      const double a = numbers[2] / 255 * std::min(l, 1 - l);
      rgb[i] = 255 * (l - a * std::clamp(std::min(k - 3, 9 - k), -1.0, 1.0));
    }
  }
  return rgb;
}

}  // namespace fool
