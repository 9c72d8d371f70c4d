#include "report/canvas.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "fool/core/error.h"

namespace fool {
namespace {

cv::Mat mat(ImageView image) {
  return {image.shape.height, image.shape.width, image.shape.channels == 1 ? CV_8UC1 : CV_8UC3,
          image.data};
}

// A view for reading: OpenCV has no const matrices.
cv::Mat mat(ConstImageView image) {
  return mat(ImageView{image.shape, const_cast<std::uint8_t*>(image.data)});
}

cv::Scalar scalar(Colour colour) {
  return {static_cast<double>(colour[0]), static_cast<double>(colour[1]),
          static_cast<double>(colour[2])};
}

}  // namespace

ImageBatch make_canvas(int width, int height) {
  ImageBatch canvas(1, {height, width, 3});
  mat(canvas[0]).setTo(scalar(kPaper));
  return canvas;
}

void fill_box(ImageView canvas, const Box& box, Colour colour) {
  const cv::Rect inside = cv::Rect(box.x, box.y, box.width, box.height) &
                          cv::Rect(0, 0, canvas.shape.width, canvas.shape.height);
  if (!inside.empty()) mat(canvas)(inside).setTo(scalar(colour));
}

void frame_box(ImageView canvas, const Box& box, int thickness, Colour colour) {
  const int t = thickness;
  fill_box(canvas, {box.x - t, box.y - t, box.width + 2 * t, t}, colour);
  fill_box(canvas, {box.x - t, box.y + box.height, box.width + 2 * t, t}, colour);
  fill_box(canvas, {box.x - t, box.y, t, box.height}, colour);
  fill_box(canvas, {box.x + box.width, box.y, t, box.height}, colour);
}

void place_picture(ImageView canvas, ConstImageView picture, const Box& box) {
  try {
    const cv::Mat source = mat(picture);
    cv::Mat tile;
    const cv::Size size(box.width, box.height);
    cv::resize(source, tile, size, 0, 0,
               size.width < picture.shape.width ? cv::INTER_AREA : cv::INTER_NEAREST);
    if (tile.channels() == 1) cv::cvtColor(tile, tile, cv::COLOR_GRAY2RGB);
    const cv::Rect whole(box.x, box.y, box.width, box.height);
    const cv::Rect inside = whole & cv::Rect(0, 0, canvas.shape.width, canvas.shape.height);
    if (inside.empty()) return;
    tile(inside - whole.tl()).copyTo(mat(canvas)(inside));
  } catch (const cv::Exception& error) {
    fail(ErrorKind::kInternal, "placing a picture: {}", error.what());
  }
}

}  // namespace fool
