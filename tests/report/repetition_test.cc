#include "report/repetition.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace fool {
namespace {

ImageBatch painted(int side, int channels, const std::function<int(int x, int y)>& level) {
  ImageBatch image(1, {side, side, channels});
  std::size_t at = 0;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      for (int c = 0; c < channels; ++c) {
        image.bytes()[at++] = static_cast<std::uint8_t>(level(x, y));
      }
    }
  }
  return image;
}

bool in_disc(int x, int y, int cx, int cy, int radius) {
  return (x - cx) * (x - cx) + (y - cy) * (y - cy) <= radius * radius;
}

// Three discs of one size, and a bar that is something else.
int discs(int x, int y) {
  for (const int cx : {12, 32, 52}) {
    if (in_disc(x, y, cx, 32, 5)) return 230;
  }
  return y > 55 && x < 60 ? 230 : 20;
}

TEST(Repetition, FindsShapesOfOneForm) {
  for (const int channels : {1, 3}) {
    const ImageBatch image = painted(64, channels, discs);
    const Repetition found = find_repetition(image[0]);
    EXPECT_EQ(found.method, "components");
    ASSERT_EQ(found.copies.size(), 3U);
    EXPECT_EQ(found.colour, std::vector<std::uint8_t>(static_cast<std::size_t>(channels), 20));
    // The middle one is nearest to the centre.
    EXPECT_EQ(found.copies.back().front(), (32 - 5) * 64 + 32);
  }
}

TEST(Repetition, CopiesGoOneByOneAndOneStays) {
  const ImageBatch image = painted(64, 1, discs);
  const Repetition found = find_repetition(image[0]);
  const ImageBatch fewer = remove_copies(image[0], found);
  ASSERT_EQ(fewer.count(), 3);
  const auto bright = [&](int i) {
    return std::count(fewer[i].data, fewer[i].data + fewer[i].size(), 230);
  };
  const auto disc = static_cast<std::ptrdiff_t>(found.copies[0].size());
  EXPECT_TRUE(std::equal(image[0].data, image[0].data + image[0].size(), fewer[0].data));
  EXPECT_EQ(bright(1), bright(0) - disc);
  EXPECT_EQ(bright(2), bright(0) - 2 * disc);
}

TEST(Repetition, MirroredShapesAreCopiesToo) {
  const ImageBatch image = painted(64, 1, [](int x, int y) {
    const int u = x < 32 ? x : 63 - x;  // two triangles that look at each other
    return u >= 8 && u < 24 && y >= 20 && y - 20 <= u - 8 ? 220 : 0;
  });
  EXPECT_FALSE(find_repetition(image[0]).found());  // two are too few, unless they are asked for
  RepetitionLimits limits;
  limits.least_copies = 2;
  const Repetition found = find_repetition(image[0], limits);
  EXPECT_EQ(found.method, "components");
  EXPECT_EQ(found.copies.size(), 2U);
}

TEST(Repetition, FindsTilesWhereThereIsNoBackground) {
  const ImageBatch image = painted(64, 3, [](int x, int y) {
    return static_cast<int>(127 + 100 * std::sin(2 * M_PI * x / 16.0) + 0.3 * y);
  });
  RepetitionLimits limits;
  limits.least_area = 0.4;  // no shapes
  const Repetition found = find_repetition(image[0], limits);
  EXPECT_EQ(found.method, "tiles");
  EXPECT_EQ(found.period, (std::vector<int>{16, 0}));
  EXPECT_EQ(found.copies.size(), 4U);
  std::size_t pixels = 0;
  for (const CopyPixels& copy : found.copies) pixels += copy.size();
  EXPECT_EQ(pixels, 64U * 64U);
}

TEST(Repetition, TilesThatNobodySeesAreNone) {
  const ImageBatch image = painted(
      64, 1, [](int x, int) { return static_cast<int>(127 + 3 * std::sin(2 * M_PI * x / 16.0)); });
  EXPECT_FALSE(find_repetition(image[0]).found());
}

TEST(Repetition, FindsNothingInAPlainImageNorInAGradientNorInOneShape) {
  for (const auto& level : {std::function<int(int, int)>([](int, int) { return 77; }),
                            std::function<int(int, int)>([](int x, int y) { return 2 * x + y; }),
                            std::function<int(int, int)>(
                                [](int x, int y) { return in_disc(x, y, 20, 20, 9) ? 255 : 0; })}) {
    const ImageBatch image = painted(64, 1, level);
    const Repetition found = find_repetition(image[0]);
    EXPECT_FALSE(found.found());
    EXPECT_EQ(remove_copies(image[0], found).count(), 1);
  }
}

TEST(Repetition, ShapesOfOtherSizesAreNoCopies) {
  const ImageBatch image = painted(64, 1, [](int x, int y) {
    return in_disc(x, y, 15, 15, 4) || in_disc(x, y, 42, 42, 12) ? 255 : 0;
  });
  EXPECT_FALSE(find_repetition(image[0]).found());
}

}  // namespace
}  // namespace fool
