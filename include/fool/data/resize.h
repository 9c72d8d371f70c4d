// Natural photos made to fit a network: the two rules under which the accuracies on the model cards
// were measured. Searches never resize; this is for `fool models check` and for data sets of
// photos.
#pragma once

#include <string>
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

enum class PhotoRule { kWholePhotoResized, kCentreCrop };

// "whole_photo_resized" and "centre_crop", the names on the cards. Throws Error(kUsage).
PhotoRule photo_rule(const std::string& name);
std::string photo_rule_name(PhotoRule rule);
std::vector<std::string> photo_rule_names();

// One image of the network's shape.
ImageBatch prepare_photo(ConstImageView photo, const ImageShape& shape, PhotoRule rule);

}  // namespace fool
