// `fool report`: one or several runs as a page of HTML that needs nothing else.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "fool/core/image.h"
#include "fool/core/json.h"

namespace fool {

struct PageOptions {
  std::string title;              // empty: made of the runs' names
  int largest_side = 0;           // of images, in pixels: larger ones are scaled down; 0: as stored
  int ancestors = 24;             // pictures of a line of descent, at most
  std::filesystem::path sources;  // folder of report.html, its styles and scripts
  // How far: images looked at, of how many; may throw, and then no page is left. May be empty.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
  // The shape of the images that a configuration makes, for a run that has none yet. May be empty,
  // or throw Error.
  std::function<ImageShape(const Json& config)> shape_of;
};

struct PageSummary {
  std::uint64_t bytes = 0;
  int classes = 0;
  int images = 0;  // of champions
  int ancestors = 0;
  std::vector<std::string> notes;  // "RUN: what is missing"
};

// Writes the page of the runs' folders. Throws Error(kIo) if there is no run or the page cannot be
// written, Error(kData) if what a run must have is damaged, Error(kUsage) for runs that cannot be
// shown. What else is missing is said on the page.
PageSummary write_page(const std::vector<std::filesystem::path>& runs, const PageOptions& options,
                       const std::filesystem::path& out);

// Whether a file is such a page.
bool is_page(const std::filesystem::path& file);

}  // namespace fool
