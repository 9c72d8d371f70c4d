#include "encoding/cppn_coordinates.h"

#include <gtest/gtest.h>

namespace fool {
namespace {

TEST(CppnCoordinates, NormalisedOnesRunFromEdgeToEdge) {
  const CppnCoordinates at(CoordinateRule::kNormalised, {3, 5, 1}, 3, 5);
  EXPECT_EQ(at.x(0), -1.0F);
  EXPECT_EQ(at.x(1), -0.5F);
  EXPECT_EQ(at.x(4), 1.0F);
  EXPECT_EQ(at.y(0), -1.0F);
  EXPECT_EQ(at.y(1), 0.0F);
  EXPECT_EQ(at.y(2), 1.0F);
  EXPECT_EQ(at.d(1, 2), 0.0F);
  EXPECT_EQ(at.d(1, 4), 1.0F);
  EXPECT_FLOAT_EQ(at.d(0, 0), 1.4142135F);
}

TEST(CppnCoordinates, PixelOnesAreIndices) {
  const CppnCoordinates at(CoordinateRule::kPixel, {256, 227, 3}, 256, 227);
  for (int i = 0; i < 227; ++i) EXPECT_EQ(at.x(i), static_cast<float>(i));
  for (int i = 0; i < 256; ++i) EXPECT_EQ(at.y(i), static_cast<float>(i));
  EXPECT_FLOAT_EQ(at.d(0, 0), 1.4142135F);  // normalised all the same
}

TEST(CppnCoordinates, PixelOnesKeepTheirRangeInAnotherSize) {
  const CppnCoordinates at(CoordinateRule::kPixel, {28, 28, 1}, 109, 55);
  EXPECT_EQ(at.x(0), 0.0F);
  EXPECT_EQ(at.x(2), 1.0F);
  EXPECT_EQ(at.x(54), 27.0F);
  EXPECT_EQ(at.y(4), 1.0F);
  EXPECT_EQ(at.y(108), 27.0F);
}

TEST(CppnCoordinates, ASinglePixelIsTheMiddle) {
  const CppnCoordinates normalised(CoordinateRule::kNormalised, {1, 1, 1}, 1, 1);
  EXPECT_EQ(normalised.x(0), 0.0F);
  EXPECT_EQ(normalised.d(0, 0), 0.0F);
  const CppnCoordinates pixel(CoordinateRule::kPixel, {28, 28, 1}, 1, 1);
  EXPECT_EQ(pixel.y(0), 13.5F);
}

}  // namespace
}  // namespace fool
