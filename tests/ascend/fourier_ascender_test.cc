#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ascend/ascender.h"
#include "ascend/slope_classifier.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

constexpr ImageShape kShapes[] = {{9, 14, 3}, {12, 12, 1}};

std::vector<float> smooth_start(const ImageShape& shape) {
  std::vector<float> levels;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    levels.push_back(static_cast<float>(127.5 + 100 * std::sin(0.05 * static_cast<double>(i))));
  }
  return levels;
}

Json free_settings(const Json& more = Json::object()) {
  Json settings{{"method", "fourier"}};
  settings.update(more);
  return settings;
}

TEST(FourierAscender, BeginsWithTheStart) {
  for (const ImageShape& shape : kShapes) {
    const AscentSettings settings = ascent_settings(free_settings());
    const std::vector<float> start = smooth_start(shape);
    ImageBatch image(1, shape);
    make_fourier_ascender(settings, shape, start, 1, 0)->draw(image[0]);
    for (std::size_t i = 0; i < start.size(); ++i) EXPECT_NEAR(image.bytes()[i], start[i], 1.01);
  }
}

// Levels from end to end, although the ends are infinitely far for the parameters.
TEST(FourierAscender, BeginsWithBlackAndWhite) {
  const ImageShape shape{8, 8, 3};
  std::vector<float> start(shape.size(), 0.0F);
  for (std::size_t i = 0; i < start.size() / 2; ++i) start[i] = 255;
  const AscentSettings settings = ascent_settings(free_settings());
  ImageBatch image(1, shape);
  make_fourier_ascender(settings, shape, start, 1, 0)->draw(image[0]);
  for (std::size_t i = 0; i < start.size(); ++i) EXPECT_NEAR(image.bytes()[i], start[i], 2);
}

// A gradient that is the same everywhere is followed, and its goal gets nearer at every step.
TEST(FourierAscender, ClimbsWithAndWithoutViews) {
  for (const ImageShape& shape : kShapes) {
    for (const Json& view :
         {Json::object(), Json{{"jitter", 2}, {"scaling", 0.1}, {"rotation", 10}}}) {
      Json given{{"method", "fourier"}, {"learning_rate", 0.5}};
      given.update(view);
      const AscentSettings settings = ascent_settings(given);
      const auto ascender =
          make_fourier_ascender(settings, shape, std::vector<float>(shape.size(), 127.5F), 1, 0);
      EXPECT_EQ(ascender->sees_image(), view.empty());
      EXPECT_FALSE(ascender->rests());
      const std::vector<float> gradient(shape.size(), 0.01F);
      ImageBatch image(1, shape);
      double last = 0;
      for (int i = 0; i < 5; ++i) {
        ascender->draw_view(i, image[0]);
        EXPECT_TRUE(std::isinf(ascender->step(i, 0.5F, gradient)));
        ascender->draw(image[0]);
        double sum = 0;
        for (const std::uint8_t level : image.bytes()) sum += level;
        EXPECT_GT(sum, last);
        last = sum;
      }
      EXPECT_GT(last, 128.0 * static_cast<double>(shape.size()));
    }
  }
}

// Adam's first step goes by the learning rate in every amplitude whatever the size of the gradient,
// in the direction of its sign: the image gains by the sum of the gradient's absolute amplitudes.
TEST(FourierAscender, TheStepIsUphill) {
  const ImageShape shape{16, 16, 3};
  RngStream rng(1, "test.uphill", 0, 0);
  std::vector<float> gradient(shape.size());
  for (float& g : gradient) g = static_cast<float>(0.01 * rng.normal());
  const AscentSettings settings = ascent_settings(free_settings({{"learning_rate", 0.2}}));
  const auto ascender =
      make_fourier_ascender(settings, shape, std::vector<float>(shape.size(), 127.5F), 1, 0);
  ImageBatch before(1, shape);
  ImageBatch after(1, shape);
  ascender->draw_view(0, before[0]);
  ascender->step(0, 0.5F, gradient);
  ascender->draw(after[0]);
  double gain = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    gain += static_cast<double>(gradient[i]) * (after.bytes()[i] - before.bytes()[i]);
  }
  EXPECT_GT(gain, 0);
}

TEST(FourierAscender, ViewsHaveAnAddress) {
  const ImageShape shape{16, 16, 3};
  const AscentSettings settings = ascent_settings(free_settings({{"jitter", 5}}));
  const std::vector<float> start = smooth_start(shape);
  const auto view = [&](int iteration, std::uint64_t seed, std::uint32_t index) {
    ImageBatch image(1, shape);
    make_fourier_ascender(settings, shape, start, seed, index)->draw_view(iteration, image[0]);
    return std::vector<std::uint8_t>(image.bytes().begin(), image.bytes().end());
  };
  EXPECT_EQ(view(3, 1, 2), view(3, 1, 2));
  EXPECT_NE(view(3, 1, 2), view(4, 1, 2));
  EXPECT_NE(view(3, 1, 2), view(3, 2, 2));
  EXPECT_NE(view(3, 1, 2), view(3, 1, 3));
}

}  // namespace
}  // namespace fool
