#include "fool/core/cache.h"

#include <cstdlib>

namespace fool {

namespace fs = std::filesystem;

fs::path environment_folder(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value == '/' ? fs::path(value) : fs::path();
}

fs::path user_cache_folder() {
  fs::path cache = environment_folder("XDG_CACHE_HOME");
  if (!cache.empty()) return cache;
  const fs::path home = environment_folder("HOME");
  return home.empty() ? home : home / ".cache";
}

fs::path cache_folder(const std::string& name) {
  const fs::path base = user_cache_folder();
  return base.empty() ? base : base / "fool" / name;
}

}  // namespace fool
