#include "app/new_file.h"

#include <filesystem>

#include "fool/core/error.h"

namespace fool {

void require_new_file(const std::string& flag, const std::string& path, const std::string& ending,
                      bool may_replace) {
  if (std::filesystem::path(path).extension() != ending) {
    fail(ErrorKind::kUsage, "{} {}: expected a name that ends in {}", flag, path, ending);
  }
  std::error_code ignored;
  if (!may_replace && std::filesystem::exists(path, ignored)) {
    fail(ErrorKind::kIo, "{} is already there; choose another {}, or --force to replace it", path,
         flag);
  }
}

}  // namespace fool
