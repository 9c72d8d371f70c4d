#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "fool/core/cache.h"
#include "fool/core/error.h"
#include "fool/data/dataset.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

// What a known data set consists of and where it comes from, as the end of a sentence.
std::string_view description(std::string_view name) {
  if (name == "mnist") {
    return "; MNIST is the files train-images-idx3-ubyte.gz (md5 "
           "f68b3c2dcbeaaa9fbdd348bbdeb94873), "
           "train-labels-idx1-ubyte.gz (md5 d53e105ee54ea40749a09fcbcd1e9432), "
           "t10k-images-idx3-ubyte.gz (md5 9fb629c4189551a2d022fa330f9573f3) and "
           "t10k-labels-idx1-ubyte.gz (md5 ec29112dd5afa0611ce80d1b7f02629c), packed or unpacked, "
           "from https://ossci-datasets.s3.amazonaws.com/mnist/; fool data fetch mnist gets them";
  }
  return "";
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
