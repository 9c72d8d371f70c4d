#include <cstdlib>
#include <system_error>
#include <vector>

#include "fool/core/error.h"
#include "fool/model/model_spec.h"

namespace fool {

std::filesystem::path resource_folder(const std::string& name) {
  namespace fs = std::filesystem;
  std::vector<fs::path> candidates;
  std::error_code ignored;
  const char* home = std::getenv("FOOL_DATA_HOME");
  if (home != nullptr && *home != '\0') {
    candidates.push_back(fs::path(home) / name);  // and nothing else: it was asked for
  } else {
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    candidates.push_back(program.parent_path().parent_path() / "share" / "fool" / name);
    candidates.push_back(fs::path(FOOL_SOURCE_DIR) / name);
  }
  for (const fs::path& candidate : candidates) {
    if (fs::is_directory(candidate, ignored)) return candidate;
  }
  std::vector<std::string> looked;
  for (const fs::path& candidate : candidates) looked.push_back(candidate.string());
  fail(
      ErrorKind::kIo,
      "there is no folder \"{}\" of bundled files; looked for {}; set FOOL_DATA_HOME to the folder "
      "that has it",
      name, fmt::join(looked, ", "));
}

}  // namespace fool
