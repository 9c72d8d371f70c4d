#include "app/config_flags.h"

#include <cstdlib>

#include "app/components.h"
#include "app/run_config.h"
#include "fool/core/config.h"
#include "fool/core/error.h"

namespace fool {

void ConfigFlags::declare(CLI::App& app, const std::string& flag, const std::string& key,
                          const std::string& help, const std::string& type_name,
                          const std::string& group) {
  app.add_option_function<std::string>(
         flag, [this, key](const std::string& value) { set(key, value); }, help)
      ->type_name(type_name)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->group(group);
}

void ConfigFlags::declare_experiment(CLI::App& app, const std::string& group) {
  declare(app, "--dataset", "dataset", "Sets defaults for model, sizes and generations [mnist]",
          "mnist|imagenet", group);
  declare(app, "--model", "model",
          "Network to fool: a card (.json), a weights file, or a name; or several: a,b,c", "MODEL",
          group);
  declare(app, "--ensemble", "ensemble",
          "What counts of several networks: their mean confidence, or the smallest [mean]",
          "mean|min", group);
  declare(app, "--encoding", "encoding.type", "What a genome is [cppn]",
          component_choices("encoding"), group);
  declare(app, "--search", "search.type", "How genomes are searched [map-elites]",
          component_choices("search"), group);
  declare(app, "--preset", "encoding.preset", "Settings of the encoding [default]",
          "default|paper|released-code", group);
  declare(app, "--block", "evaluate.block", "Images per forward pass (part of the experiment)", "N",
          group);
  declare(app, "--device", "evaluate.device",
          "Where to draw and score: cpu, cuda, cuda:N or cuda:N,M (part of the experiment) [cpu]",
          "DEVICE", group);
  declare(app, "--precision", "evaluate.precision",
          "What networks compute in (part of the experiment) [float32]", "float32|bfloat16|float16",
          group);
  declare(app, "--workers", "evaluate.workers", "Threads; 0 = one per core. Never changes a result",
          "N", group);
}

void ConfigFlags::declare_files(CLI::App& app, const std::string& group) {
  app.add_option("--config", files_,
                 "Configuration file, JSON with comments; may be given more than once")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--set", settings_,
                 "Any setting, such as encoding.weight_mutation_rate=0.2; see fool describe")
      ->type_name("KEY=VALUE")
      ->group(group);
}

Json ConfigFlags::layer() const {
  Json layer = Json::object();
  for (const std::string& setting : settings_) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos)
      fail(ErrorKind::kUsage, "--set: expected KEY=VALUE, found \"{}\"", setting);
    set_config(layer, setting.substr(0, equals), setting.substr(equals + 1));
  }
  for (const auto& [key, value] : values_) set_config(layer, key, value);
  return layer;
}

Json ConfigFlags::resolve() const {
  const Json config =
      resolve_run_config({files_, layer(), [](const char* name) { return std::getenv(name); }});
  for (const char* section : {"ascend", "retrain"}) {
    if (!config.contains(section)) continue;
    fail(ErrorKind::kConfig,
         "the settings \"{0}\" are for fool {0}: this command evolves images and has no use for "
         "them",
         section);
  }
  return config;
}

Json ConfigFlags::resolve_over(const std::string& preset_file) const {
  std::vector<std::string> files{preset_file};
  files.insert(files.end(), files_.begin(), files_.end());
  return resolve_run_config({files, layer(), [](const char* name) { return std::getenv(name); }});
}

}  // namespace fool
