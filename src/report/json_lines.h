// A file of JSON objects, a line each, that grows while a run goes on and can be cut back when it
// is resumed.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "fool/core/json.h"
#include "report/appended_file.h"

namespace fool {

class JsonLines {
 public:
  // Opens the file for appending. Lines whose "generation" is first_generation or later are
  // dropped, and so is a last line that a killed run left unfinished. Throws Error(kIo), and
  // Error(kData) for a line that is no object with a generation.
  JsonLines(const std::filesystem::path& path, int first_generation);

  // Adds the lines, all or none. Throws Error(kIo).
  void append(const std::vector<Json>& lines);

 private:
  std::optional<AppendedFile> file_;
};

}  // namespace fool
