#include "report/heat_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "fool/core/error.h"
#include "report/lettering.h"

namespace fool {
namespace {

constexpr int kMargin = 20;
constexpr int kTitle = 34;
constexpr int kHead = 28;  // the columns' names
constexpr int kNames = 190;
constexpr int kCellWidth = 140;
constexpr int kCellHeight = 56;
constexpr int kGap = 2;
constexpr int kScale = 40;  // what the colours mean, below

using Rgb = std::array<std::uint8_t, 3>;

// [256] RGB.
std::vector<Rgb> viridis() {
  cv::Mat levels(1, 256, CV_8UC1);
  for (int i = 0; i < 256; ++i) levels.at<std::uint8_t>(0, i) = static_cast<std::uint8_t>(i);
  cv::Mat colours;
  cv::applyColorMap(levels, colours, cv::COLORMAP_VIRIDIS);
  std::vector<Rgb> result;
  for (int i = 0; i < 256; ++i) {
    const auto& bgr = colours.at<cv::Vec3b>(0, i);
    result.push_back({bgr[2], bgr[1], bgr[0]});
  }
  return result;
}

Rgb colour_of(double value, const std::vector<Rgb>& colours) {
  return colours[static_cast<std::size_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255))];
}

// Dark words on light colours, light ones on dark.
Rgb ink_on(const Rgb& colour) {
  const int luma = 299 * colour[0] + 587 * colour[1] + 114 * colour[2];
  return luma > 130 * 1000 ? Rgb{20, 20, 20} : Rgb{255, 255, 255};
}

void fill(ImageView image, int left, int top, int width, int height, const Rgb& colour) {
  cv::Mat whole(image.shape.height, image.shape.width, CV_8UC3, image.data);
  whole(cv::Rect(left, top, width, height)).setTo(cv::Scalar(colour[0], colour[1], colour[2]));
}

}  // namespace

ImageBatch draw_heat_map(const HeatMap& map) {
  const int rows = static_cast<int>(map.rows.size());
  const int columns = static_cast<int>(map.columns.size());
  if (rows == 0 || columns == 0 || map.cells.size() != map.rows.size() * map.columns.size()) {
    fail(ErrorKind::kInternal, "heat map: {} cells for {} rows and {} columns", map.cells.size(),
         rows, columns);
  }
  const std::vector<Rgb> colours = viridis();
  const int left = kMargin + kNames;
  const int top = kMargin + kTitle + kHead;
  const int width = std::max(left + columns * kCellWidth + kMargin, 640);
  ImageBatch picture(1, {top + rows * kCellHeight + kScale + kMargin, width, 3});
  const ImageView image = picture[0];
  fill(image, 0, 0, width, image.shape.height, {255, 255, 255});
  write_words(image, map.title, {kMargin, kMargin + 12, width - 2 * kMargin, 10});
  for (int c = 0; c < columns; ++c) {
    write_words(image, map.columns[static_cast<std::size_t>(c)],
                {left + c * kCellWidth, top - 9, kCellWidth - kGap, 9, Align::kCentre});
  }
  for (int r = 0; r < rows; ++r) {
    const HeatMap::Row& row = map.rows[static_cast<std::size_t>(r)];
    const int y = top + r * kCellHeight;
    write_words(image, row.name,
                {kMargin, y + (row.detail.empty() ? 33 : 26), kNames - 12, 9, Align::kRight});
    write_words(image, row.detail,
                {kMargin, y + 42, kNames - 12, 7, Align::kRight, {110, 110, 110}});
    for (int c = 0; c < columns; ++c) {
      const HeatMap::Cell& cell = map.cells[static_cast<std::size_t>(r * columns + c)];
      const Rgb colour = colour_of(cell.value, colours);
      const int x = left + c * kCellWidth;
      fill(image, x, y, kCellWidth - kGap, kCellHeight - kGap, colour);
      write_words(image, cell.first,
                  {x, y + 26, kCellWidth - kGap, 10, Align::kCentre, ink_on(colour)});
      write_words(image, cell.second,
                  {x, y + 43, kCellWidth - kGap, 7, Align::kCentre, ink_on(colour)});
    }
  }
  const int scale_top = top + rows * kCellHeight + 16;
  for (int i = 0; i < 256; ++i) {
    fill(image, left + i, scale_top, 1, 10, colours[static_cast<std::size_t>(i)]);
  }
  write_words(image, "0 %", {left - 60, scale_top + 9, 54, 7, Align::kRight});
  write_words(image, "100 %", {left + 262, scale_top + 9, 60, 7});
  return picture;
}

}  // namespace fool
