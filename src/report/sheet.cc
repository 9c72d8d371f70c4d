#include "report/sheet.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "fool/core/error.h"
#include "report/common.h"
#include "report/lettering.h"

namespace fool {
namespace {

const cv::Vec3b kPaper(255, 255, 255);
const cv::Vec3b kFrame(208, 208, 208);
const cv::Vec3b kTrack(226, 226, 226);
const cv::Vec3b kBar(44, 123, 182);

constexpr int kLargeTile = 140;
constexpr int kSmallTile = 96;

cv::Mat mat(ImageView image) {
  return {image.shape.height, image.shape.width, image.shape.channels == 1 ? CV_8UC1 : CV_8UC3,
          image.data};
}

// A view for reading: OpenCV has no const matrices.
cv::Mat mat(ConstImageView image) {
  return mat(ImageView{image.shape, const_cast<std::uint8_t*>(image.data)});
}

}  // namespace

ContactSheet::ContactSheet(const std::vector<SheetCell>& cells, ImageShape shape,
                           const std::string& title)
    : shape_(shape), large_(static_cast<int>(cells.size()) <= kLargeTiles) {
  const int count = static_cast<int>(cells.size());
  if (count == 0) fail(ErrorKind::kInternal, "contact sheet: there is nothing to show");
  const int longest = std::max(shape.height, shape.width);
  const int target = large_ ? kLargeTile : kSmallTile;
  double scale = static_cast<double>(target) / longest;
  if (scale > 1) scale = std::floor(scale);
  tile_width_ = std::max(1, static_cast<int>(std::lround(shape.width * scale)));
  tile_height_ = std::max(1, static_cast<int>(std::lround(shape.height * scale)));
  columns_ = large_ ? std::min(count, count <= 10 ? 5 : 8)
                    : static_cast<int>(std::ceil(std::sqrt(1.6 * count)));
  caption_height_ = large_ ? 24 : 17;
  gap_ = large_ ? 14 : 8;
  margin_ = large_ ? 18 : 24;
  title_height_ = title.empty() ? 0 : (large_ ? 26 : 44);
  const int rows = (count + columns_ - 1) / columns_;
  image_ = ImageBatch(
      1, {2 * margin_ + title_height_ + rows * (tile_height_ + caption_height_ + gap_) - gap_,
          2 * margin_ + columns_ * (tile_width_ + gap_) - gap_, 3});
  mat(image_[0]).setTo(kPaper);
  if (!title.empty()) {
    const double height = large_ ? 10 : 18;
    text(title, {margin_, margin_ + static_cast<int>(height)}, image_.shape().width - 2 * margin_,
         height, false);
  }
  for (int i = 0; i < count; ++i) caption(i, cells[static_cast<std::size_t>(i)]);
}

ContactSheet::Point ContactSheet::tile_origin(int cell) const {
  return {margin_ + cell % columns_ * (tile_width_ + gap_),
          margin_ + title_height_ + cell / columns_ * (tile_height_ + caption_height_ + gap_)};
}

void ContactSheet::draw(int cell, ConstImageView image) {
  try {
    cv::Mat source = mat(image);
    cv::Mat tile;
    const cv::Size size(tile_width_, tile_height_);
    cv::resize(source, tile, size, 0, 0,
               size.width < shape_.width ? cv::INTER_AREA : cv::INTER_NEAREST);
    if (tile.channels() == 1) cv::cvtColor(tile, tile, cv::COLOR_GRAY2RGB);
    const Point origin = tile_origin(cell);
    tile.copyTo(mat(image_[0])(cv::Rect(origin.x, origin.y, tile_width_, tile_height_)));
  } catch (const cv::Exception& error) {
    fail(ErrorKind::kInternal, "contact sheet: {}", error.what());
  }
}

// The label, the confidence as a figure (large tiles only) and as a bar.
void ContactSheet::caption(int cell, const SheetCell& content) {
  const Point origin = tile_origin(cell);
  cv::Mat sheet = mat(image_[0]);
  const cv::Rect frame(origin.x - 1, origin.y - 1, tile_width_ + 2, tile_height_ + 2);
  cv::rectangle(sheet, frame, cv::Scalar(kFrame));
  const int bar_y = origin.y + tile_height_ + 3;
  const cv::Rect track(origin.x, bar_y, tile_width_, 2);
  sheet(track).setTo(kTrack);
  if (!content.filled) return;
  const int length =
      static_cast<int>(std::lround(content.confidence * static_cast<float>(tile_width_)));
  if (length > 0) sheet(cv::Rect(origin.x, bar_y, length, 2)).setTo(kBar);

  const double height = large_ ? 8 : 6;
  const int baseline = bar_y + (large_ ? 16 : 11);
  int room = tile_width_;
  if (large_) {
    const std::string figure = confidence_text(content.confidence);
    constexpr int kFigureWidth = 46;
    text(figure, {origin.x + tile_width_ - kFigureWidth, baseline}, kFigureWidth, height, true);
    room -= kFigureWidth + 4;
  }
  text(content.label, {origin.x, baseline}, room, height, false);
}

void ContactSheet::text(const std::string& text, Point baseline, int width, double height,
                        bool right) {
  write_words(image_[0], text,
              {baseline.x, baseline.y, width, height, right ? Align::kRight : Align::kLeft});
}

}  // namespace fool
