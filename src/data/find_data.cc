#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "fool/core/cache.h"
#include "fool/core/error.h"
#include "fool/data/dataset.h"
#include "fool/data/known_data.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

// What a known data set consists of and where it comes from, as the end of a sentence.
std::string description(const std::string& name) {
  const KnownData* known = find_known_data(name);
  if (known == nullptr) return "";
  std::vector<std::string> files;
  for (const KnownFile& file : known->files) {
    files.push_back(fmt::format("{} ({})", file.name, file.digest.text()));
  }
  return fmt::format(
      "; fool data fetch {} gets it; it is the files {}, packed or unpacked, from {}", name,
      fmt::join(files, ", "), known->mirrors.front());
}

std::vector<fs::path> data_path() {
  std::vector<fs::path> folders;
  const char* variable = std::getenv("FOOL_DATA_PATH");
  std::istringstream list(variable == nullptr ? "" : variable);
  for (std::string folder; std::getline(list, folder, ':');) {
    if (!folder.empty()) folders.emplace_back(folder);
  }
  const fs::path downloads = cache_folder("data");
  if (!downloads.empty()) folders.push_back(downloads);
  return folders;
}

}  // namespace

fs::path find_data(const std::string& name, const std::string& path) {
  std::error_code ignored;
  if (!path.empty()) {
    if (fs::is_directory(path, ignored)) return path;
    if (!fs::path(path).has_parent_path()) {
      for (const fs::path& folder : data_path()) {
        if (fs::is_directory(folder / path, ignored)) return folder / path;
      }
    }
    fail(ErrorKind::kData, "data set \"{}\": {} is not a folder{}", name, path, description(name));
  }
  std::string looked;
  for (const fs::path& folder : data_path()) {
    if (fs::is_directory(folder / name, ignored)) return folder / name;
    looked += (looked.empty() ? "" : ", ") + (folder / name).string();
  }
  fail(ErrorKind::kData,
       "data set \"{}\" not found; looked in: {}{}; put its files into one folder and give it with "
       "--data FOLDER, "
       "or name it \"{}\" and set FOOL_DATA_PATH to the folder above it",
       name, looked.empty() ? "nothing (FOOL_DATA_PATH and HOME are not set)" : looked,
       description(name), name);
}

}  // namespace fool
