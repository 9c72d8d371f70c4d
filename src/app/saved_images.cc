#include "app/saved_images.h"

#include <set>
#include <system_error>

#include "app/image_log.h"
#include "fool/core/error.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

SavedImage read(const fs::path& file) {
  const PngText text = read_png_text(file);
  const ImageClaim claim = to_image_claim(text, file.string());
  SavedImage image{file, claim.class_index, claim.label, claim.confidence, ""};
  const auto setting = text.find("setting");
  const auto start = text.find("start");
  if (setting != text.end() && start != text.end()) {
    image.series = fmt::format("{}, start {}", setting->second, start->second);
  }
  return image;
}

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code none;
  if (fs::exists(image_log_path(folder), none)) {
    for (const LoggedImage& image : read_image_log(folder)) {
      files.push_back(folder / "images" / image.file);
    }
    return files;
  }
  const fs::path place = fs::is_directory(folder / "images", none) ? folder / "images" : folder;
  std::set<fs::path> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(place, none)) {
    if (entry.path().extension() == ".png") names.insert(entry.path());
  }
  return {names.begin(), names.end()};
}

}  // namespace

std::vector<SavedImage> saved_images(const fs::path& source) {
  std::error_code none;
  if (fs::is_regular_file(source, none)) return {read(source)};
  if (!fs::is_directory(source, none)) {
    fail(ErrorKind::kIo, "{}: expected the folder of a run or a PNG, found nothing",
         source.string());
  }
  std::vector<SavedImage> images;
  for (const fs::path& file : files_of(source)) images.push_back(read(file));
  if (images.empty()) {
    fail(ErrorKind::kIo, "{}: expected a run's folder or PNGs, found no images", source.string());
  }
  return images;
}

std::vector<int> classes_of(const std::vector<SavedImage>& images) {
  std::set<int> classes;
  for (const SavedImage& image : images) classes.insert(image.class_index);
  return {classes.begin(), classes.end()};
}

}  // namespace fool
