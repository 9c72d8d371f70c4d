#include "ascend/starts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ascend/slope_classifier.h"
#include "fool/core/error.h"

namespace fool {
namespace {

constexpr ImageShape kShape{20, 30, 3};

AscentContext context() {
  AscentContext context;
  context.mean = {123, 117, 104};
  context.seed = 7;
  return context;
}

std::vector<float> start(const Json& settings, int number = 0, std::uint64_t seed = 7) {
  AscentContext c = context();
  c.seed = seed;
  return start_levels(ascent_settings(settings), c, kShape, number);
}

// Mean and standard deviation of the levels less a mean colour.
std::pair<double, double> moments(const std::vector<float>& levels, std::vector<double> mean) {
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double x = static_cast<double>(levels[i]) - mean[i % mean.size()];
    sum += x;
    squares += x * x;
  }
  const auto n = static_cast<double>(levels.size());
  return {sum / n, std::sqrt(squares / n - sum / n * sum / n)};
}

TEST(Starts, MeanNoiseIsTheMeanColourWithNoise) {
  const auto [mean, deviation] = moments(start({{"start", "mean_noise"}}), {123, 117, 104});
  EXPECT_NEAR(mean, 0, 0.1);
  EXPECT_NEAR(deviation, 1, 0.05);
  EXPECT_NEAR(moments(start({{"start", "mean_noise"}, {"start_noise", 5}}), {123, 117, 104}).second,
              5, 0.25);
}

TEST(Starts, UniformCoversAllLevels) {
  const std::vector<float> levels = start({{"start", "uniform"}});
  const auto [low, high] = std::minmax_element(levels.begin(), levels.end());
  EXPECT_GE(*low, 0);
  EXPECT_LT(*low, 2);
  EXPECT_LE(*high, 255);
  EXPECT_GT(*high, 253);
  EXPECT_NEAR(moments(levels, {127.5}).first, 0, 5);
  EXPECT_NEAR(moments(levels, {127.5}).second, 255 / std::sqrt(12.0), 3);
}

TEST(Starts, ZeroIsTheMeanColour) {
  const std::vector<float> levels = start({{"start", "zero"}});
  ASSERT_EQ(levels.size(), kShape.size());
  for (std::size_t i = 0; i < levels.size(); ++i) EXPECT_EQ(levels[i], context().mean[i % 3]);
}

TEST(Starts, GreyIsInTheMiddle) {
  for (const float level : start({{"start", "grey"}})) EXPECT_EQ(level, 127.5F);
}

TEST(Starts, AnImageIsTakenAsItIs) {
  AscentContext c = context();
  const AscentSettings settings = ascent_settings({{"start", "image"}});
  EXPECT_THROW(start_levels(settings, c, kShape, 0), Error);
  c.start_image = ImageBatch(1, kShape);
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    c.start_image.bytes()[i] = static_cast<std::uint8_t>(i);
  }
  const std::vector<float> levels = start_levels(settings, c, kShape, 3);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    EXPECT_EQ(levels[i], static_cast<float>(static_cast<std::uint8_t>(i)));
  }
}

TEST(Starts, HaveAnAddress) {
  for (const char* kind : {"mean_noise", "uniform"}) {
    const Json settings{{"start", kind}};
    EXPECT_EQ(start(settings, 2), start(settings, 2));
    EXPECT_NE(start(settings, 2), start(settings, 3));
    EXPECT_NE(start(settings, 2, 7), start(settings, 2, 8));
  }
}

}  // namespace
}  // namespace fool
