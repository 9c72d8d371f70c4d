#include "report/grid.h"

#include <gtest/gtest.h>

#include "report/canvas.h"
#include "report/support.h"

namespace fool {
namespace {

ImageBatch plain(int side, std::uint8_t level) {
  ImageBatch image(1, {side, side, 1});
  std::fill(image.bytes().begin(), image.bytes().end(), level);
  return image;
}

int count(const ImageBatch& image, Colour colour) {
  int result = 0;
  for (std::size_t i = 0; i < image.shape().size(); i += 3) {
    const auto* p = image[0].data + i;
    result += Colour{p[0], p[1], p[2]} == colour ? 1 : 0;
  }
  return result;
}

Grid two_by_two() {
  Grid grid;
  grid.rows.push_back({"", {{plain(28, 7), "", false}, {plain(28, 7), "", false}}});
  grid.rows.push_back({"", {{plain(28, 7), "", false}}});
  return grid;
}

TEST(Grid, EveryImageHasItsTileAndAMissingOneHasNone) {
  Grid grid = two_by_two();
  EXPECT_EQ(count(draw_grid(grid), {7, 7, 7}), 3 * 112 * 112);
  grid.tile = 56;
  EXPECT_EQ(count(draw_grid(grid), {7, 7, 7}), 3 * 56 * 56);
  grid.rows[0].cells[1].image = ImageBatch();
  EXPECT_EQ(count(draw_grid(grid), {7, 7, 7}), 2 * 56 * 56);
}

TEST(Grid, SmallImagesAreEnlargedByAWholeFactor) {
  EXPECT_EQ(default_tile(two_by_two()), 112);
  Grid grid;
  grid.rows.push_back({"", {{plain(30, 0), "", false}}});
  EXPECT_EQ(default_tile(grid), 90);
  grid.rows.push_back({"", {{plain(227, 0), "", false}}});
  EXPECT_EQ(default_tile(grid), 112);
}

TEST(Grid, WordsTakeRoom) {
  const ImageShape bare = draw_grid(two_by_two()).shape();
  Grid grid = two_by_two();
  grid.title = "title";
  const ImageShape titled = draw_grid(grid).shape();
  EXPECT_GT(titled.height, bare.height);
  EXPECT_EQ(titled.width, bare.width);
  grid.column_heads = {"a", "b"};
  const ImageShape headed = draw_grid(grid).shape();
  EXPECT_GT(headed.height, titled.height);
  grid.rows[0].head = "seed 1";
  EXPECT_GT(draw_grid(grid).shape().width, headed.width);
  grid.rows[1].cells[0].caption = ".9999";
  EXPECT_GT(draw_grid(grid).shape().height, headed.height);
}

TEST(Grid, AMarkedImageHasAColouredFrame) {
  Grid grid = two_by_two();
  EXPECT_EQ(count(draw_grid(grid), kVermilion), 0);
  grid.rows[1].cells[0].marked = true;
  EXPECT_EQ(count(draw_grid(grid), kVermilion), 118 * 118 - 112 * 112);
}

TEST(Grid, ProportionsAreKept) {
  Grid grid;
  ImageBatch wide(1, {10, 20, 1});
  std::fill(wide.bytes().begin(), wide.bytes().end(), 9);
  grid.rows.push_back({"", {{wide, "", false}}});
  grid.tile = 40;
  EXPECT_EQ(count(draw_grid(grid), {9, 9, 9}), 40 * 20);
}

TEST(Grid, WhatIsTooLargeIsAnErrorThatSaysWhatToDo) {
  Grid grid;
  grid.tile = 2048;
  for (int i = 0; i < 20; ++i) grid.rows.push_back({"", {{plain(8, 0), "", false}}});
  expect_error(ErrorKind::kUsage, "smaller ones with --tile", [&] { draw_grid(grid); });
  expect_error(ErrorKind::kInternal, "nothing to show", [] { draw_grid(Grid()); });
}

}  // namespace
}  // namespace fool
