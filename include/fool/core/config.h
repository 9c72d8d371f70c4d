// Configuration files and the layers over them: flag > FOOL_* variable > file > default.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "fool/core/json.h"

namespace fool {

// JSON with // and /* */ comments. Throws Error(kConfig) with file, line and column.
Json parse_config(const std::string& text, const std::string& name);
Json read_config(const std::filesystem::path& path);

// Lays `top` over `base`, object by object; a section whose "type" changes starts afresh.
void merge_config(Json& base, const Json& top);

// Sets "a.b" to a value written as on the command line: JSON if it parses as JSON, else a string.
void set_config(Json& config, const std::string& dotted_key, const std::string& value);

// All leaf keys of a configuration as dotted names.
std::vector<std::string> leaf_keys(const Json& config);

// The layer given by the environment: FOOL_A_B sets the known key "a.b". `lookup` is getenv or a
// fake.
Json environment_layer(const std::vector<std::string>& known_keys,
                       const std::function<const char*(const char*)>& lookup);

}  // namespace fool
