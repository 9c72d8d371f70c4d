// Pictures in a folder, labelled by the names of sub-folders or by a table labels.csv.
#include <algorithm>
#include <utility>
#include <vector>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/data/csv.h"
#include "fool/data/dataset.h"
#include "fool/data/image_file.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

struct Entry {
  fs::path file;
  int label = 0;
};

struct Listing {
  std::vector<Entry> entries;
  int classes = 0;
};

// The paths below a folder that `accept` takes, sorted by name, so that no file system's order
// shows.
template <typename Iterator, typename Accept>
std::vector<fs::path> sorted(const fs::path& folder, Accept accept) {
  std::vector<fs::path> paths;
  try {
    for (const fs::directory_entry& entry : Iterator(folder)) {
      if (entry.path().filename().string().front() != '.' && accept(entry))
        paths.push_back(entry.path());
    }
  } catch (const fs::filesystem_error& error) {
    fail(ErrorKind::kData, "{} cannot be listed: {}", folder.string(), error.code().message());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool is_image(const fs::directory_entry& entry) {
  return entry.is_regular_file() && is_image_name(entry.path());
}

Listing list_table(const fs::path& folder, const fs::path& table_file) {
  const CsvTable table(read_file(table_file), table_file.string());
  const std::size_t file = table.column("file");
  const std::size_t label = table.column("class_index");
  Listing listing;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const int index = table.integer_at(row, label);
    if (index < -1) {
      fail(ErrorKind::kData,
           "{}: {}: expected a class index from 0 up (or -1 for unknown), found {}",
           table_file.string(), table.at(row, file), index);
    }
    listing.entries.push_back({folder / table.at(row, file), index});
    listing.classes = std::max(listing.classes, index + 1);
  }
  return listing;
}

Listing list_sub_folders(const fs::path& folder) {
  Listing listing;
  const auto is_folder = [](const fs::directory_entry& entry) { return entry.is_directory(); };
  for (const fs::path& sub_folder : sorted<fs::directory_iterator>(folder, is_folder)) {
    for (fs::path& file : sorted<fs::recursive_directory_iterator>(sub_folder, is_image)) {
      listing.entries.push_back({std::move(file), listing.classes});
    }
    ++listing.classes;
  }
  return listing;
}

class Folder final : public Dataset {
 public:
  explicit Folder(const fs::path& folder) : folder_(folder) {
    std::error_code ignored;
    const fs::path table = folder / "labels.csv";
    listing_ = fs::exists(table, ignored) ? list_table(folder, table) : list_sub_folders(folder);
    if (listing_.entries.empty()) {
      for (fs::path& file : sorted<fs::directory_iterator>(folder, is_image)) {
        listing_.entries.push_back({std::move(file), -1});
      }
      listing_.classes = 0;
    }
    if (listing_.entries.empty()) {
      fail(ErrorKind::kData,
           "{} holds no pictures; expected class sub-folders with pictures in them, or pictures "
           "and a labels.csv "
           "with the columns file,class_index",
           folder.string());
    }
  }

  int size() const override { return static_cast<int>(listing_.entries.size()); }
  int classes() const override { return listing_.classes; }

  LabelledImage at(int index) const override {
    if (index < 0 || index >= size()) {
      fail(ErrorKind::kData, "{}: there is no picture {}; they are numbered 0..{}",
           folder_.string(), index, size() - 1);
    }
    const Entry& entry = listing_.entries[static_cast<std::size_t>(index)];
    return {read_image(entry.file), entry.label, entry.file.string()};
  }

 private:
  fs::path folder_;
  Listing listing_;
};

std::unique_ptr<Dataset> open_folder(const Json& settings) {
  const std::string path = settings.at("path");
  if (path.empty()) {
    fail(ErrorKind::kConfig,
         "dataset.path: the data set \"folder\" needs the folder of its pictures");
  }
  const fs::path given = path;
  const bool is_name = !fs::is_directory(given) && !given.has_parent_path();
  return std::make_unique<Folder>(is_name ? find_data(path, "") : find_data("folder", path));
}

FOOL_REGISTER(DatasetRegistry,
              {"folder",
               "Pictures: class sub-folders (sorted names are classes 0, 1, ...), a labels.csv, or "
               "unlabelled.",
               {param("path", "", "the folder, or its name below a folder of FOOL_DATA_PATH")},
               {},
               open_folder});

}  // namespace
}  // namespace fool
