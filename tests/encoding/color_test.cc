#include "encoding/color.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <opencv2/imgproc.hpp>

namespace fool {
namespace {

// All second and third bytes for one first byte.
void expect_as_opencv(ColorSpace space, int opencv_code, int hue_scale) {
  cv::Mat in(256, 256, CV_8UC3);
  cv::Mat out;
  int worst = 0;
  for (int hue = 0; hue < 256; ++hue) {
    const int opencv_hue = hue * hue_scale / 255 % 180;
    for (int second = 0; second < 256; ++second) {
      for (int third = 0; third < 256; ++third) {
        in.at<cv::Vec3b>(second, third) = cv::Vec3b(
            static_cast<uchar>(opencv_hue), static_cast<uchar>(second), static_cast<uchar>(third));
      }
    }
    cv::cvtColor(in, out, opencv_code);
    for (int second = 0; second < 256; ++second) {
      for (int third = 0; third < 256; ++third) {
        const Rgb rgb = to_rgb({space, hue_scale}, static_cast<std::uint8_t>(hue),
                               static_cast<std::uint8_t>(second), static_cast<std::uint8_t>(third));
        const auto& bgr = out.at<cv::Vec3b>(second, third);
        worst = std::max(
            {worst, std::abs(rgb.r - bgr[2]), std::abs(rgb.g - bgr[1]), std::abs(rgb.b - bgr[0])});
      }
    }
    ASSERT_LE(worst, 1) << "hue byte " << hue;
  }
}

TEST(Color, HsvAgreesWithOpenCv) {
  expect_as_opencv(ColorSpace::kHsv, cv::COLOR_HSV2BGR, 255);
  expect_as_opencv(ColorSpace::kHsv, cv::COLOR_HSV2BGR, 180);
}

TEST(Color, HlsAgreesWithOpenCv) {
  expect_as_opencv(ColorSpace::kHls, cv::COLOR_HLS2BGR, 255);
  expect_as_opencv(ColorSpace::kHls, cv::COLOR_HLS2BGR, 180);
}

// OpenCV itself wraps a hue byte from 180 on, which is what the released code relies on.
TEST(Color, HueWrapsAt180AsInOpenCv) {
  cv::Mat in(1, 256, CV_8UC3);
  cv::Mat out;
  for (int hue = 0; hue < 256; ++hue)
    in.at<cv::Vec3b>(0, hue) = cv::Vec3b(static_cast<uchar>(hue), 200, 220);
  cv::cvtColor(in, out, cv::COLOR_HSV2BGR);
  for (int hue = 0; hue < 256; ++hue) {
    const Rgb rgb = to_rgb({ColorSpace::kHsv, 255}, static_cast<std::uint8_t>(hue), 200, 220);
    const auto& bgr = out.at<cv::Vec3b>(0, hue);
    EXPECT_NEAR(rgb.r, bgr[2], 1) << hue;
    EXPECT_NEAR(rgb.g, bgr[1], 1) << hue;
    EXPECT_NEAR(rgb.b, bgr[0], 1) << hue;
  }
}

TEST(Color, HueScaleIsTruncated) {
  for (int scale = 1; scale <= 255; ++scale) {
    for (int hue = 0; hue < 256; ++hue) {
      const Rgb scaled =
          to_rgb({ColorSpace::kHsv, scale}, static_cast<std::uint8_t>(hue), 255, 255);
      const Rgb plain =
          to_rgb({ColorSpace::kHsv, 255}, static_cast<std::uint8_t>(hue * scale / 255), 255, 255);
      ASSERT_TRUE(scaled.r == plain.r && scaled.g == plain.g && scaled.b == plain.b)
          << hue << " " << scale;
    }
  }
}

TEST(Color, KnownColours) {
  const auto expect = [](ColorSpace space, int h, int b, int c, int red, int green, int blue) {
    const Rgb rgb = to_rgb({space, 255}, static_cast<std::uint8_t>(h), static_cast<std::uint8_t>(b),
                           static_cast<std::uint8_t>(c));
    EXPECT_EQ(rgb.r, red);
    EXPECT_EQ(rgb.g, green);
    EXPECT_EQ(rgb.b, blue);
  };
  expect(ColorSpace::kHsv, 0, 255, 255, 255, 0, 0);
  expect(ColorSpace::kHsv, 60, 255, 255, 0, 255, 0);
  expect(ColorSpace::kHsv, 120, 255, 255, 0, 0, 255);
  expect(ColorSpace::kHsv, 77, 0, 99, 99, 99, 99);
  expect(ColorSpace::kHls, 30, 128, 255, 255, 255, 1);
  expect(ColorSpace::kHls, 30, 255, 255, 255, 255, 255);
  expect(ColorSpace::kHls, 30, 0, 255, 0, 0, 0);
  expect(ColorSpace::kRgb, 1, 2, 3, 1, 2, 3);
}

TEST(Color, LevelTruncatesTheAbsoluteValue) {
  EXPECT_EQ(level(0.0F), 0);
  EXPECT_EQ(level(0.999F), 254);
  EXPECT_EQ(level(-0.999F), 254);
  EXPECT_EQ(level(1.0F), 255);
  EXPECT_EQ(level(-1.0F), 255);
  EXPECT_EQ(level(-0.003F), 0);
}

}  // namespace
}  // namespace fool
