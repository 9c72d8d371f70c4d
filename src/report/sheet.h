// Draws a contact sheet: small images in rows, with a word and a confidence under each. Pixels
// only; knows no run.
#pragma once

#include <string>
#include <vector>

#include "fool/core/image.h"

namespace fool {

struct SheetCell {
  std::string label;
  float confidence = 0.0F;
  bool filled = false;
};

// Up to this many classes each get a large tile, an image pixel being a whole number of sheet
// pixels where the image is small; more get thumbnails, averaged over areas.
inline constexpr int kLargeTiles = 64;

class ContactSheet {
 public:
  // shape: of the images. An empty title leaves no room for one.
  ContactSheet(const std::vector<SheetCell>& cells, ImageShape shape, const std::string& title);

  // Puts an image into its cell. Different cells may be drawn by different threads at a time.
  void draw(int cell, ConstImageView image);

  const ImageBatch& image() const { return image_; }  // one RGB image

  int columns() const { return columns_; }

 private:
  struct Point {
    int x, y;
  };
  Point tile_origin(int cell) const;
  void caption(int cell, const SheetCell& content);
  // With capitals `height` pixels high; `right` aligns at the right.
  void text(const std::string& text, Point baseline, int width, double height, bool right);

  ImageShape shape_;
  int columns_ = 0;
  int tile_width_ = 0;
  int tile_height_ = 0;
  int caption_height_ = 0;
  int gap_ = 0;
  int margin_ = 0;
  int title_height_ = 0;
  bool large_ = false;
  ImageBatch image_;
};

}  // namespace fool
