#include "ascend/view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ascend/slope_classifier.h"

namespace fool {
namespace {

std::vector<float> noise(std::size_t size, std::uint32_t index) {
  RngStream rng(1, "test.view", 0, index);
  std::vector<float> values(size);
  for (float& value : values) value = static_cast<float>(rng.normal());
  return values;
}

View view(const Json& settings, const ImageShape& shape, std::uint32_t index = 0) {
  return {ascent_settings(settings), shape, RngStream(1, "test", 0, index)};
}

TEST(View, WithoutFreedomShowsTheImage) {
  const ImageShape shape{5, 4, 3};
  const std::vector<float> image = noise(shape.size(), 0);
  std::vector<float> seen(image.size());
  view(Json::object(), shape).look(image, seen);
  EXPECT_EQ(seen, image);
}

TEST(View, JitterMovesByWholePixels) {
  const ImageShape shape{8, 8, 1};
  const std::vector<float> image = noise(shape.size(), 0);
  int different = 0;
  for (std::uint32_t index = 0; index < 20; ++index) {
    std::vector<float> seen(image.size());
    view({{"jitter", 2}}, shape, index).look(image, seen);
    if (seen != image) ++different;
    // Every pixel is one of the image's.
    for (const float pixel : seen) {
      EXPECT_NE(std::find(image.begin(), image.end(), pixel), image.end());
    }
  }
  EXPECT_GT(different, 10);
}

TEST(View, StaysAmongTheLevels) {
  const ImageShape shape{6, 9, 3};
  std::vector<float> image(shape.size(), 200.0F);
  std::vector<float> seen(image.size());
  view({{"jitter", 3}, {"scaling", 0.3}, {"rotation", 40}}, shape).look(image, seen);
  for (const float pixel : seen) EXPECT_NEAR(pixel, 200, 1e-3);
}

TEST(View, TheGradientIsTheAdjoint) {
  for (const ImageShape& shape : {ImageShape{7, 9, 3}, ImageShape{1, 5, 1}, ImageShape{4, 1, 1}}) {
    for (std::uint32_t index = 0; index < 5; ++index) {
      const View v = view({{"jitter", 3}, {"scaling", 0.4}, {"rotation", 60}}, shape, index);
      const std::vector<float> image = noise(shape.size(), 1);
      const std::vector<float> by_seen = noise(shape.size(), 2);
      std::vector<float> seen(image.size());
      std::vector<float> by_image(image.size());
      v.look(image, seen);
      v.pull_back(by_seen, by_image);
      double a = 0;
      double b = 0;
      for (std::size_t i = 0; i < image.size(); ++i) {
        a += static_cast<double>(seen[i]) * static_cast<double>(by_seen[i]);
        b += static_cast<double>(image[i]) * static_cast<double>(by_image[i]);
      }
      EXPECT_NEAR(a, b, 1e-4);
    }
  }
}

// A quarter turn of a square is exact.
TEST(View, Turns) {
  const ImageShape shape{2, 2, 1};
  const std::vector<float> image{1, 2, 3, 4};
  bool left = false;
  bool right = false;
  for (std::uint32_t index = 0; index < 2000 && !(left && right); ++index) {
    std::vector<float> seen(4);
    view({{"rotation", 180}}, shape, index).look(image, seen);
    const auto near = [&](std::vector<float> expected) {
      for (std::size_t i = 0; i < 4; ++i) {
        if (std::abs(seen[i] - expected[i]) > 0.1F) return false;
      }
      return true;
    };
    left = left || near({2, 4, 1, 3});
    right = right || near({3, 1, 4, 2});
  }
  EXPECT_TRUE(left);
  EXPECT_TRUE(right);
}

}  // namespace
}  // namespace fool
