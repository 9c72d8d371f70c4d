// Where files that were downloaded are kept.
#pragma once

#include <filesystem>
#include <string>

namespace fool {

// $XDG_CACHE_HOME/fool/NAME, else ~/.cache/fool/NAME; NAME is "models" or "data". Empty where there
// is no home folder. Makes nothing.
std::filesystem::path cache_folder(const std::string& name);

// The absolute path in an environment variable, or empty.
std::filesystem::path environment_folder(const char* variable);

// $XDG_CACHE_HOME, else ~/.cache, where every program has a folder of its own; or empty.
std::filesystem::path user_cache_folder();

}  // namespace fool
