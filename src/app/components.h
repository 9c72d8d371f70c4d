// Every registered component with its table of settings, whatever its kind: for `fool describe` and
// help texts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/core/parameters.h"

namespace fool {

struct Component {
  std::string kind;  // the section of the configuration: "encoding", "search", ...
  std::string name;
  std::string help;
  ParameterTable parameters;
  std::map<std::string, Json> presets;

  std::string path() const { return name.empty() ? kind : kind + "." + name; }
};

// In the order of the configuration file.
std::vector<Component> all_components();

// The names of one kind, as "cppn|direct": for help texts and shell completion.
std::string component_choices(const std::string& kind);

}  // namespace fool
