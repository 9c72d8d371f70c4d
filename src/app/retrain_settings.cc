#include "app/retrain_settings.h"

#include <algorithm>

#include "fool/core/error.h"
#include "fool/core/rng.h"
#include "fool/model/model_spec.h"

namespace fool {
namespace {

// A seed that survives as a number of JSON.
std::uint64_t derived_seed(std::uint64_t seed, const char* name, int round, int index) {
  RngStream random(seed, name, static_cast<std::uint32_t>(round),
                   static_cast<std::uint32_t>(index));
  return random.next_u64() >> 11;
}

}  // namespace

const ParameterTable& retrain_parameters() {
  static const ParameterTable table{
      param("rounds", 15,
            "Networks in all; each but the first learns from what fooled those before.")
          .range(1, 1000)
          .cite("paper, section 3.6"),
      param("runs", 30,
            "Runs of evolution against each network, whose confidences count; more are made where "
            "the images need them.")
          .range(1, 100000)
          .cite("paper, section 3.6"),
      param("first_images", 6000,
            "Images added to the fooling class after the first round, a random sample of the runs' "
            "champions of the first and the last generation: two for each class and run.")
          .range(1, 10000000)
          .cite("paper, section 3.6: of 300 runs, 20 each"),
      param("images", 1000, "The same after every later round.")
          .range(1, 10000000)
          .cite("paper, section 3.6"),
      param("train_images", 0,
            "Images of the training set that are learnt from, its first ones; 0 = all.")
          .range(0, 100000000),
      param("first_model", "",
            "The first network: a card, a weights file or a name; empty = it is trained too."),
      param("data", "",
            "Folder of the data set; empty = its name below a folder of FOOL_DATA_PATH."),
  };
  return table;
}

RetrainSettings to_retrain_settings(const Json& section) {
  RetrainSettings settings;
  settings.rounds = section.at("rounds");
  settings.runs = section.at("runs");
  settings.first_images = section.at("first_images");
  settings.images = section.at("images");
  settings.train_images = section.at("train_images");
  settings.first_model = section.at("first_model");
  settings.data = section.at("data");
  return settings;
}

const ParameterTable& learning_parameters() {
  static const ParameterTable table = [] {
    std::vector<Parameter> parameters = train_parameters().parameters();
    parameters.erase(std::remove_if(parameters.begin(), parameters.end(),
                                    [](const Parameter& p) { return p.key == "seed"; }),
                     parameters.end());
    return ParameterTable(std::move(parameters));
  }();
  return table;
}

TrainOptions learning_options(const Json& section, std::uint64_t seed, int round, int workers) {
  Json settings = section;
  settings["seed"] = derived_seed(seed, "retrain.train", round, 0);
  TrainOptions options = train_options(settings);
  options.workers = workers;
  return options;
}

std::uint64_t evolution_seed(std::uint64_t seed, int round, int run) {
  return derived_seed(seed, "retrain.evolve", round, run);
}

int images_of(const RetrainSettings& settings, int round) {
  return round == 1 ? settings.first_images : settings.images;
}

int runs_of(const RetrainSettings& settings, int round, int images_per_run) {
  const int for_images = (images_of(settings, round) + images_per_run - 1) / images_per_run;
  return std::max(settings.runs, for_images);
}

std::vector<std::string> retrain_scales() { return {"smoke", "hour", "paper"}; }

std::string retrain_scale_file(const std::string& scale) {
  const std::vector<std::string> known = retrain_scales();
  if (std::find(known.begin(), known.end(), scale) == known.end()) {
    fail(ErrorKind::kUsage, "--scale: there is no scale \"{}\"{}; known: {}", scale,
         did_you_mean(scale, known), fmt::join(known, ", "));
  }
  return (resource_folder("configs") / ("retrain_" + scale + ".json")).string();
}

}  // namespace fool
