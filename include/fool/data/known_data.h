// Public data sets that `fool data fetch` can get.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fool/core/digest.h"

namespace fool {

struct KnownFile {
  std::string name;
  Digest digest;
  std::int64_t bytes = 0;
};

struct KnownData {
  std::string name;  // also of its folder
  std::vector<KnownFile> files;
  std::vector<std::string> mirrors;  // each ends in '/' and is followed by a file's name
};

const std::vector<KnownData>& known_data();

// Null if there is none of that name.
const KnownData* find_known_data(const std::string& name);

}  // namespace fool
