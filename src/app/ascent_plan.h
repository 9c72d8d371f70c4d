// What `fool ascend` is asked for: classes and settings, from the words on its command line.
#pragma once

#include <string>
#include <vector>

#include "fool/ascend/ascent.h"

namespace fool {

// The 20 classes of the paper's supplement (released code, branch ascent,
// run_chosen_supplementary.sh).
const std::vector<int>& published_classes();

// "all", "published", or numbers and ranges such as "0,3,5-7": each once, in order. Throws
// Error(kUsage) for anything else, and for classes that the model has not.
std::vector<int> parse_classes(const std::string& text, int classes, const std::string& model);

// All classes where there are few, else the published ones where the network has them.
std::string default_classes(int classes);

// A setting of an ascent: a name in tables, and the configuration that says what it is.
struct NamedAscent {
  std::string name;
  std::string file;
};

// The names of configs/ascend_NAME.json.
std::vector<std::string> ascent_presets();

// Presets or files of one's own, separated by commas: "none,l2,my.json". Throws Error(kUsage).
std::vector<NamedAscent> parse_settings(const std::string& text);

// Every class with the starts 0 to starts-1.
std::vector<AscentTask> plan_tasks(const std::vector<int>& classes, int starts);

}  // namespace fool
