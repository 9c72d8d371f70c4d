// Command-line flags that set keys of a run's configuration, with --config and --set beside them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "fool/core/json.h"

namespace fool {

// Must outlive the CLI::App that it declares flags on.
class ConfigFlags {
 public:
  // A flag that sets one dotted key. A type name such as "1|10" lists the values for help and
  // completion.
  void declare(CLI::App& app, const std::string& flag, const std::string& key,
               const std::string& help, const std::string& type_name,
               const std::string& group = "OPTIONS");

  // --dataset, --model, --ensemble, --encoding, --search, --preset, --block, --device, --precision,
  // --workers: what every command about runs takes.
  void declare_experiment(CLI::App& app, const std::string& group);

  void declare_files(CLI::App& app, const std::string& group);  // --config and --set

  bool any_file() const { return !files_.empty(); }
  void set(const std::string& key, const std::string& value) { values_.emplace_back(key, value); }

  // What the flags say, as a configuration. Throws Error(kUsage) for a --set without "=".
  Json layer() const;

  // The complete configuration: flags over environment over files over the dataset's profile.
  // Throws Error(kConfig), also for settings of fool ascend and fool retrain.
  Json resolve() const;

  // The same for those, with a file below all others: that of the ascent's setting, or of the
  // scale.
  Json resolve_over(const std::string& preset_file) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;  // key, value
  std::vector<std::string> files_;
  std::vector<std::string> settings_;
};

}  // namespace fool
