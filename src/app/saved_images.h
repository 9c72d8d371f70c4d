// The images that a command is to show or to score again: those of runs, of other folders with
// images by fool, or single files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fool/core/image.h"

namespace fool {

struct SavedImage {
  std::filesystem::path file;
  int class_index = 0;
  std::string label;
  float confidence = 0.0F;  // as the file says
  std::string series;       // of an ascent: "none, start 0"; else empty
};

// A run's folder (the images that its table names, in its order), a folder with the folder
// "images", a folder of PNGs, or one PNG. Pixels are not read. Throws Error(kIo) where there is
// nothing, and Error(kData) for a PNG that does not say what it shows.
std::vector<SavedImage> saved_images(const std::filesystem::path& source);

// The numbers of the classes among the images, ascending.
std::vector<int> classes_of(const std::vector<SavedImage>& images);

}  // namespace fool
