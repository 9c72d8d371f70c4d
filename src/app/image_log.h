// What a run's folder says about its images: the rows of its table, and the files that are there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace fool {

struct LoggedImage {
  int class_index = 0;
  float confidence = 0.0F;
  std::string file;  // its name in the folder "images"
};

// The table of a run: results.csv of an ascent, else classes.csv.
std::filesystem::path image_log_path(const std::filesystem::path& run);

// The rows of the table that have an image, in its order. Throws Error(kIo) if the table is not
// there, Error(kData) if it is damaged.
std::vector<LoggedImage> read_image_log(const std::filesystem::path& run);

// The names of the PNGs in the folder "images", sorted; none if there is no folder.
std::vector<std::string> image_names(const std::filesystem::path& run);

}  // namespace fool
