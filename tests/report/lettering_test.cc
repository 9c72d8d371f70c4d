#include "report/lettering.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fool {
namespace {

constexpr int kWidth = 120;

ImageBatch white() {
  ImageBatch image(1, {30, kWidth, 3});
  std::fill(image.bytes().begin(), image.bytes().end(), std::uint8_t{255});
  return image;
}

// The first and the last column with ink in it; (kWidth, -1) where there is none.
std::pair<int, int> extent(const ImageBatch& image) {
  std::pair<int, int> columns{kWidth, -1};
  for (int y = 0; y < image.shape().height; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      if (image[0].data[(y * kWidth + x) * 3] > 200) continue;
      columns.first = std::min(columns.first, x);
      columns.second = std::max(columns.second, x);
    }
  }
  return columns;
}

std::pair<int, int> written(const std::string& text, Align align, int width = kWidth) {
  ImageBatch image = white();
  write_words(image[0], text, {0, 20, width, 9, align});
  return extent(image);
}

TEST(Lettering, StandsWhereItIsTold) {
  const auto left = written("abc", Align::kLeft);
  const auto centre = written("abc", Align::kCentre);
  const auto right = written("abc", Align::kRight);
  EXPECT_LT(left.first, 5);
  EXPECT_GT(right.second, kWidth - 6);
  EXPECT_NEAR(centre.first, kWidth - 1 - centre.second, 3);
}

TEST(Lettering, WhatDoesNotFitIsCut) {
  const auto [first, last] = written("a long name that needs more room", Align::kLeft, 60);
  EXPECT_LT(last, 60);
  EXPECT_GT(last, 40);
  EXPECT_EQ(written("a", Align::kLeft, 0).second, -1);
}

TEST(Lettering, HasTheInkItIsGiven) {
  ImageBatch image = white();
  write_words(image[0], "IIII", {0, 20, kWidth, 12, Align::kLeft, {255, 0, 0}});
  for (std::size_t i = 0; i < image.bytes().size(); i += 3) EXPECT_EQ(image.bytes()[i], 255);
  EXPECT_LT(*std::min_element(image.bytes().begin(), image.bytes().end()), 100);
}

TEST(Lettering, PartsOutsideThePictureAreLeftOut) {
  ImageBatch image = white();
  write_words(image[0], "abc", {kWidth - 10, 3, 60, 9});
  write_words(image[0], "abc", {-20, 29, 60, 9});
}

}  // namespace
}  // namespace fool
