#include "report/canvas.h"

#include <gtest/gtest.h>

namespace fool {
namespace {

Colour pixel(const ImageBatch& image, int x, int y) {
  const std::uint8_t* p =
      image[0].data + (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.shape().width) +
                       static_cast<std::size_t>(x)) *
                          3;
  return {p[0], p[1], p[2]};
}

TEST(Canvas, BoxesOutsideAreLeftOut) {
  ImageBatch canvas = make_canvas(6, 4);
  fill_box(canvas[0], {4, 2, 10, 10}, kVermilion);
  fill_box(canvas[0], {-5, -5, 6, 6}, kInk);
  fill_box(canvas[0], {100, 0, 2, 2}, kInk);
  EXPECT_EQ(pixel(canvas, 5, 3), kVermilion);
  EXPECT_EQ(pixel(canvas, 3, 3), kPaper);
  EXPECT_EQ(pixel(canvas, 0, 0), kInk);
  EXPECT_EQ(pixel(canvas, 1, 1), kPaper);
}

TEST(Canvas, AFrameLiesAroundItsBox) {
  ImageBatch canvas = make_canvas(9, 9);
  frame_box(canvas[0], {3, 3, 3, 3}, 2, kInk);
  for (int y = 0; y < 9; ++y) {
    for (int x = 0; x < 9; ++x) {
      const bool outside = x < 1 || y < 1 || x > 7 || y > 7;
      const bool inside = x >= 3 && y >= 3 && x <= 5 && y <= 5;
      EXPECT_EQ(pixel(canvas, x, y), outside || inside ? kPaper : kInk) << x << " " << y;
    }
  }
}

TEST(Canvas, ASmallPictureHasSquaresForPixels) {
  ImageBatch canvas = make_canvas(8, 4);
  ImageBatch grey(1, {1, 2, 1});
  grey.bytes()[0] = 10;
  grey.bytes()[1] = 200;
  place_picture(canvas[0], grey[0], {0, 0, 8, 4});
  EXPECT_EQ(pixel(canvas, 3, 3), (Colour{10, 10, 10}));
  EXPECT_EQ(pixel(canvas, 4, 0), (Colour{200, 200, 200}));
}

TEST(Canvas, ALargePictureIsAveraged) {
  ImageBatch canvas = make_canvas(1, 1);
  ImageBatch picture(1, {2, 2, 3});
  for (std::size_t i = 0; i < 12; ++i) picture.bytes()[i] = i < 6 ? 100 : 200;
  place_picture(canvas[0], picture[0], {0, 0, 1, 1});
  EXPECT_EQ(pixel(canvas, 0, 0), (Colour{150, 150, 150}));
}

TEST(Canvas, APictureThatReachesOverTheEdgeIsCut) {
  ImageBatch canvas = make_canvas(3, 3);
  ImageBatch picture(1, {2, 2, 1});
  for (std::uint8_t i = 0; i < 4; ++i) picture.bytes()[i] = i;
  place_picture(canvas[0], picture[0], {2, 2, 2, 2});
  EXPECT_EQ(pixel(canvas, 2, 2), (Colour{0, 0, 0}));
  place_picture(canvas[0], picture[0], {-1, -1, 2, 2});
  EXPECT_EQ(pixel(canvas, 0, 0), (Colour{3, 3, 3}));
}

}  // namespace
}  // namespace fool
