// Which pixels of a picture are drawn: those of a window, where nobody looks at the rest.
#pragma once

#include <algorithm>

#include "fool/core/image.h"

namespace fool {

struct Frame {
  ImageShape canvas;  // the whole picture
  int top = 0;        // the window's first row and column
  int left = 0;
  int height = 0;  // of the window
  int width = 0;

  ImageShape shape() const { return {height, width, canvas.channels}; }
  bool is_whole() const { return shape() == canvas; }

  static Frame whole(const ImageShape& canvas) {
    return {canvas, 0, 0, canvas.height, canvas.width};
  }
  // In the middle, towards the top left where that is half a pixel: the paper's centre crop.
  static Frame centre(const ImageShape& canvas, const ImageShape& window) {
    return {canvas, (canvas.height - window.height) / 2, (canvas.width - window.width) / 2,
            window.height, window.width};
  }
};

// Copies what the frame shows of a picture. canvas, out: of the frame's canvas and shape.
inline void cut_out(const Frame& frame, ConstImageView canvas, ImageView out) {
  const std::ptrdiff_t channels = frame.canvas.channels;
  const std::uint8_t* from =
      canvas.data + (std::ptrdiff_t{frame.top} * frame.canvas.width + frame.left) * channels;
  std::uint8_t* to = out.data;
  for (int row = 0; row < frame.height; ++row, from += frame.canvas.width * channels) {
    to = std::copy_n(from, frame.width * channels, to);
  }
}

}  // namespace fool
