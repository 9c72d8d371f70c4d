// The configuration of a run, from all its layers: flag > FOOL_* variable > file > dataset profile
// > default.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/core/parameters.h"

namespace fool {

// The settings outside the components' own sections, by section ("" = top level, "image",
// "evaluate").
const ParameterTable& run_parameters(const std::string& section);

struct ConfigLayers {
  std::vector<std::string> files;                       // later ones on top
  Json flags = Json::object();                          // as a configuration
  std::function<const char*(const char*)> environment;  // getenv, or a fake
};

// Completes a configuration: every section checked by the table of its component, every default
// filled in. Throws Error(kConfig) for anything unknown, of the wrong type or out of range.
Json resolve_run_config(const ConfigLayers& layers);

// The same for a configuration that needs no profile (that of a run folder) with a layer on top.
Json resolve_saved_config(const Json& saved, const Json& flags);

// The names of the dataset profiles in configs/datasets.
std::vector<std::string> dataset_profiles();

}  // namespace fool
