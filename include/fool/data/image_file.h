// Pictures on disk: JPEG, PNG, BMP, WebP, TIFF, PPM.
#pragma once

#include <filesystem>

#include "fool/core/image.h"

namespace fool {

// One image, RGB, in its own size. Grey becomes RGB, transparency and EXIF orientation are ignored
// (as by the tools that networks are trained with). Throws Error(kData) naming the file if it is no
// picture or only a part of one.
ImageBatch read_image(const std::filesystem::path& path);

// By the ending of its name; case does not matter.
bool is_image_name(const std::filesystem::path& path);

}  // namespace fool
