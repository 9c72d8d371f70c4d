#include "app/image_log.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/data/csv.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

float confidence(const std::string& text, const fs::path& table) {
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0 && value <= 1)) {
    fail(ErrorKind::kData, "{}: expected a confidence from 0 to 1, found \"{:.40}\"",
         table.string(), text);
  }
  return value;
}

}  // namespace

fs::path image_log_path(const fs::path& run) {
  std::error_code none;
  const fs::path results = run / "results.csv";
  return fs::exists(results, none) ? results : run / "classes.csv";
}

std::vector<LoggedImage> read_image_log(const fs::path& run) {
  const fs::path path = image_log_path(run);
  const CsvTable table(read_file(path), path.string());
  const std::size_t classes = table.column("class");
  const std::size_t confidences = table.column("confidence");
  const std::size_t images = table.column("image");
  std::vector<LoggedImage> log;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::string& image = table.at(row, images);
    if (image.empty()) continue;
    log.push_back({table.integer_at(row, classes), confidence(table.at(row, confidences), path),
                   fs::path(image).filename().string()});
  }
  return log;
}

std::vector<std::string> image_names(const fs::path& run) {
  std::vector<std::string> names;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(run / "images", none)) {
    if (entry.path().extension() == ".png") names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace fool
