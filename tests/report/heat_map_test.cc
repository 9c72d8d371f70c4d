#include "report/heat_map.h"

#include <gmock/gmock.h>

#include <array>
#include <set>

#include "fakes/expect_error.h"

namespace fool {
namespace {

using Rgb = std::array<int, 3>;

Rgb pixel(const ImageBatch& image, int x, int y) {
  const std::uint8_t* p =
      image[0].data + (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.shape().width) +
                       static_cast<std::size_t>(x)) *
                          3;
  return {p[0], p[1], p[2]};
}

HeatMap two_by_two() {
  return {"title",
          {{"a", "runs/a"}, {"b", ""}},
          {"first", "second"},
          {{0.0, "0 %", "none"}, {1.0, "100 %", ""}, {0.5, "50 %", ""}, {0.0, "", ""}}};
}

// The corner of a cell shows its colour; columns and rows are 140 and 56 pixels apart.
Rgb corner(const ImageBatch& image, int row, int column) {
  return pixel(image, 210 + column * 140 + 2, 82 + row * 56 + 2);
}

TEST(HeatMap, EqualValuesHaveEqualColoursAndLargerOnesAreLighter) {
  const ImageBatch image = draw_heat_map(two_by_two());
  EXPECT_EQ(image.shape().channels, 3);
  const auto sum = [](const Rgb& c) { return c[0] + c[1] + c[2]; };
  EXPECT_EQ(corner(image, 0, 0), corner(image, 1, 1));
  EXPECT_LT(sum(corner(image, 0, 0)), sum(corner(image, 1, 0)));
  EXPECT_LT(sum(corner(image, 1, 0)), sum(corner(image, 0, 1)));
}

// Viridis from dark violet to yellow.
TEST(HeatMap, TheEndsOfTheScaleAreThoseOfViridis) {
  const ImageBatch image = draw_heat_map(two_by_two());
  EXPECT_THAT(corner(image, 0, 0), ::testing::ElementsAre(68, 1, 84));
  EXPECT_THAT(corner(image, 0, 1), ::testing::ElementsAre(253, 231, 37));
}

TEST(HeatMap, WordsAreLegibleOnDarkAndOnLight) {
  const ImageBatch image = draw_heat_map(two_by_two());
  const auto shades = [&](int column) {
    std::set<Rgb> found;
    for (int y = 0; y < 54; ++y) {
      for (int x = 0; x < 138; ++x) found.insert(pixel(image, 210 + column * 140 + x, 82 + y));
    }
    return found;
  };
  EXPECT_GT(shades(0).count({255, 255, 255}), 0U);
  EXPECT_GT(shades(1).count({20, 20, 20}), 0U);
}

TEST(HeatMap, OneRowIsEnoughAndNoneIsTooFew) {
  HeatMap map = two_by_two();
  map.rows.resize(1);
  map.cells.resize(2);
  EXPECT_GT(draw_heat_map(map).shape().height, 0);
  map.cells.resize(1);
  EXPECT_THAT(error_message(ErrorKind::kInternal, [&] { draw_heat_map(map); }),
              ::testing::HasSubstr("1 cells for 1 rows and 2 columns"));
}

}  // namespace
}  // namespace fool
