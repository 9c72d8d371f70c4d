#include "report/lettering.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace fool {
namespace {

constexpr int kSupersampling = 4;
constexpr double kCapitalHeight = 21;  // of OpenCV's font at scale 1, in pixels

std::string ascii(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 && byte < 0xC0) continue;  // the rest of a UTF-8 character
    result += byte >= ' ' && byte <= '~' ? c : '?';
  }
  return result;
}

// The largest text no wider than `width` pixels: cut, and ended with dots, if need be.
std::string fitted(const std::string& text, double scale, int width) {
  const auto fits = [&](const std::string& candidate) {
    int baseline = 0;
    return cv::getTextSize(candidate, cv::FONT_HERSHEY_SIMPLEX, scale * kSupersampling, 1,
                           &baseline)
               .width <= width * kSupersampling;
  };
  if (fits(text)) return text;
  std::string cut = text;
  while (!cut.empty() && !fits(cut + "..")) cut.pop_back();
  while (!cut.empty() && cut.back() == ' ') cut.pop_back();
  return cut + "..";
}

}  // namespace

void write_words(ImageView image, const std::string& text, const Lettering& lettering) {
  const int width = lettering.width;
  if (width <= 0) return;  // no room for words
  const double scale = lettering.height / kCapitalHeight;
  const std::string shown = fitted(ascii(text), scale, width);
  // Drawn large and averaged down, since OpenCV's small letters are ragged.
  const int above = static_cast<int>(std::ceil(lettering.height * 1.4));
  const int below = static_cast<int>(std::ceil(lettering.height * 0.6));
  cv::Mat mask(cv::Size(width, above + below) * kSupersampling, CV_8UC1, cv::Scalar(0));
  const int thickness = std::max(1, static_cast<int>(std::lround(scale * kSupersampling * 2)));
  int unused = 0;
  const cv::Size extent =
      cv::getTextSize(shown, cv::FONT_HERSHEY_SIMPLEX, scale * kSupersampling, thickness, &unused);
  const int room = mask.cols - extent.width;
  const int x = lettering.align == Align::kRight    ? room
                : lettering.align == Align::kCentre ? room / 2
                                                    : 0;
  cv::putText(mask, shown, {x, above * kSupersampling}, cv::FONT_HERSHEY_SIMPLEX,
              scale * kSupersampling, cv::Scalar(255), thickness);
  cv::Mat soft;
  cv::resize(mask, soft, {width, above + below}, 0, 0, cv::INTER_AREA);
  for (int y = 0; y < soft.rows; ++y) {
    for (int column = 0; column < soft.cols; ++column) {
      const int to_x = lettering.x + column;
      const int to_y = lettering.baseline - above + y;
      if (to_x < 0 || to_y < 0 || to_x >= image.shape.width || to_y >= image.shape.height) continue;
      std::uint8_t* pixel = image.data + (static_cast<std::size_t>(to_y) *
                                              static_cast<std::size_t>(image.shape.width) +
                                          static_cast<std::size_t>(to_x)) *
                                             3;
      const int weight = soft.at<std::uint8_t>(y, column);
      for (std::size_t c = 0; c < 3; ++c) {
        pixel[c] = static_cast<std::uint8_t>(
            (pixel[c] * (255 - weight) + lettering.ink[c] * weight) / 255);
      }
    }
  }
}

}  // namespace fool
