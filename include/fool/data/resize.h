// Natural photos made to fit a network: the rules under which the accuracies on the model cards
// were measured. Searches never resize; this is for `fool models check` and for data sets of
// photos.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fool/core/image.h"

namespace fool {

// Bilinear with antialiasing, the same bytes as Pillow's Image.resize(size, BILINEAR): across
// first, then down, with 8-bit pixels in between. The sizes may be anything from 1 up.
ImageBatch resize_bilinear(ConstImageView image, int height, int width);

// The window that begins at ((H - height) / 2, (W - width) / 2), rounded down. Throws Error(kData)
// if the image is smaller than that.
ImageBatch crop_centre(ConstImageView image, int height, int width);

// Grey to RGB by repetition; RGB to grey as Pillow's "L" (ITU-R 601 luma, 16-bit weights).
ImageBatch convert_channels(ConstImageView image, int channels);

// How a photo of any size becomes an image of the network's.
class PhotoRule {
 public:
  static PhotoRule whole_photo_resized() { return {"whole_photo_resized", 0}; }
  static PhotoRule centre_crop() { return {"centre_crop", 0}; }
  // The shorter side brought to so many pixels, then the centre cut out: how most accuracies on
  // ImageNet were published.
  static PhotoRule shorter_side(int pixels);

  // "whole_photo_resized", "centre_crop" or "shorter_side_256": the names on the cards. Throws
  // Error(kUsage).
  static PhotoRule named(const std::string& name);
  static std::vector<std::string> names();

  const std::string& name() const { return name_; }

  // One image of the network's shape.
  ImageBatch apply(ConstImageView photo, const ImageShape& shape) const;

 private:
  PhotoRule(std::string name, int shorter_side)
      : name_(std::move(name)), shorter_side_(shorter_side) {}

  std::string name_;
  int shorter_side_;
};

}  // namespace fool
