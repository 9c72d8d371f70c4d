#include "ascend/regularise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "fool/core/rng.h"

namespace fool {
namespace {

std::vector<float> noise(std::size_t size, std::uint32_t index = 0) {
  RngStream rng(1, "test.noise", 0, index);
  std::vector<float> values(size);
  for (float& value : values) value = static_cast<float>(rng.normal());
  return values;
}

// One sum over the neighbourhood of every pixel.
std::vector<float> slow_blur(const ImageShape& shape, double deviation,
                             const std::vector<float>& x) {
  const int radius = static_cast<int>(4 * deviation + 0.5);
  const auto mirrored = [](int i, int n) {
    while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
    return i;
  };
  std::vector<float> result;
  for (int y = 0; y < shape.height; ++y) {
    for (int column = 0; column < shape.width; ++column) {
      for (int c = 0; c < shape.channels; ++c) {
        double sum = 0;
        double weights = 0;
        for (int i = -radius; i <= radius; ++i) {
          for (int j = -radius; j <= radius; ++j) {
            const double weight = std::exp(-0.5 * (i * i + j * j) / (deviation * deviation));
            const int from =
                (mirrored(y + i, shape.height) * shape.width + mirrored(column + j, shape.width)) *
                    shape.channels +
                c;
            sum += weight * static_cast<double>(x[static_cast<std::size_t>(from)]);
            weights += weight;
          }
        }
        result.push_back(static_cast<float>(sum / weights));
      }
    }
  }
  return result;
}

TEST(Blur, AgreesWithASumOverEveryNeighbourhood) {
  for (const ImageShape& shape : {ImageShape{9, 7, 3}, ImageShape{2, 5, 1}, ImageShape{1, 1, 3}}) {
    for (const double deviation : {0.3, 0.4, 1.0, 2.5}) {
      const std::vector<float> x = noise(shape.size());
      std::vector<float> blurred = x;
      blur(shape, deviation, blurred);
      const std::vector<float> expected = slow_blur(shape, deviation, x);
      for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(blurred[i], expected[i], 1e-5);
    }
  }
}

// The published radius of .3 is weak: a neighbour counts 1/260.
TEST(Blur, OfAPointIsTheKernel) {
  const ImageShape shape{1, 5, 1};
  std::vector<float> x{0, 0, 1, 0, 0};
  blur(shape, 0.3, x);
  EXPECT_NEAR(x[1] / x[2], std::exp(-0.5 / 0.09), 1e-6);
  EXPECT_EQ(x[0], 0);
  EXPECT_NEAR(std::accumulate(x.begin(), x.end(), 0.0F), 1, 1e-6);
}

TEST(Percentile, InterpolatesBetweenTwoValues) {
  EXPECT_DOUBLE_EQ(percentile({4, 1, 3, 2}, 0), 1);
  EXPECT_DOUBLE_EQ(percentile({4, 1, 3, 2}, 100), 4);
  EXPECT_DOUBLE_EQ(percentile({4, 1, 3, 2}, 50), 2.5);
  EXPECT_DOUBLE_EQ(percentile({4, 1, 3, 2}, 20), 1.6);
  EXPECT_DOUBLE_EQ(percentile({5}, 30), 5);
}

TEST(ZeroSmallValues, TakesTheSmallestNumbers) {
  std::vector<float> x{-5, 1, 3, -2, 4};
  zero_small_values(50, x);  // below 3
  EXPECT_EQ(x, (std::vector<float>{-5, 0, 3, 0, 4}));
}

TEST(ZeroSmallPixels, TakesWholePixels) {
  const ImageShape shape{1, 3, 3};
  std::vector<float> x{1, 2, 2, 0, 5, 0, -4, 0, 3.5};  // norms 3, 5, 5.3
  zero_small_pixels(shape, 50, x);
  EXPECT_EQ(x, (std::vector<float>{0, 0, 0, 0, 5, 0, -4, 0, 3.5}));
}

TEST(ZeroLowBenefit, TakesThePixelsThatTheObjectiveWouldMissMost) {
  const ImageShape shape{2, 2, 2};
  const std::vector<float> gradient{1, 1, 1, -1, -1, 0, 0, 2};
  const std::vector<float> original{2, 2, 3, 1, 4, 9, 5, 1};  // benefits -4, -2, 4, -2
  std::vector<float> x = original;
  zero_low_benefit(shape, 20, gradient, x);  // below -2.8
  EXPECT_EQ(x, (std::vector<float>{0, 0, 3, 1, 4, 9, 5, 1}));
  x = original;
  zero_low_benefit(shape, 100, gradient, x);  // below 4
  EXPECT_EQ(x, (std::vector<float>{0, 0, 0, 0, 4, 9, 0, 0}));
}

TEST(ZeroLowAbsoluteBenefit, TakesThePixelsThatMatterLeast) {
  const ImageShape shape{1, 3, 1};
  const std::vector<float> gradient{1, -1, 0.1F};
  std::vector<float> x{2, 3, 9};  // benefits -2, 3, -.9
  zero_low_absolute_benefit(shape, 50, gradient, x);
  EXPECT_EQ(x, (std::vector<float>{2, 3, 0}));
}

// Pixels that are zero already have norm zero, and no more than that is below a percentile of zero.
TEST(ZeroRules, StopWhereEnoughIsZero) {
  const ImageShape shape{1, 4, 1};
  std::vector<float> x{0, 0, 1, 2};
  zero_small_pixels(shape, 20, x);
  EXPECT_EQ(x, (std::vector<float>{0, 0, 1, 2}));
}

}  // namespace
}  // namespace fool
