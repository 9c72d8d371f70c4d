// Downloads as a person at a shell sees them: announced, with progress on stderr, ended by Ctrl-C.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <string>

#include "app/command.h"
#include "fool/fetch/fetch.h"

namespace fool {

struct DownloadFlags {
  bool offline = offline_wanted();
  std::string progress = "auto";

  void declare(CLI::App& app);  // --offline and --progress; must outlive the app
};

// "5.0 MB", "812 bytes", or "of unknown size".
std::string size_text(std::int64_t bytes);

// fetch_file with announcements and progress. An interrupted download keeps what has come and
// throws Interrupted.
std::filesystem::path download(const FetchRequest& request, const DownloadFlags& flags,
                               Console& console);

}  // namespace fool
