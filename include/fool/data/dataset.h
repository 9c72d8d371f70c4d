// Labelled images on disk.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fool/core/image.h"
#include "fool/core/json.h"
#include "fool/core/registry.h"

namespace fool {

struct LabelledImage {
  ImageBatch image;  // one image, grey or RGB, in its own size
  int label = 0;     // class index; -1 where it is not known
  std::string name;  // file or index, for messages
};

class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual int size() const = 0;
  virtual int classes() const = 0;  // 0 where it is not known
  // Thread-safe. Throws Error(kData) naming the file that cannot be read.
  virtual LabelledImage at(int index) const = 0;
};

// By name, such as "mnist" (IDX files, plain or .gz) and "folder" (class sub-folders, or a
// labels.csv).
using DatasetRegistry = Registry<Dataset>;

// Looks for a dataset's folder: `path` if given, else NAME below each folder of FOOL_DATA_PATH
// (separated by ':') and of the cache of downloads. Throws Error(kData) that says where was looked
// and how to get the files.
std::filesystem::path find_data(const std::string& name, const std::string& path);

}  // namespace fool
