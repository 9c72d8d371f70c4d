// What `fool retrain` can be told beside a run's configuration: the sections "retrain" and "train".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/core/parameters.h"
#include "fool/train/trainer.h"

namespace fool {

struct RetrainSettings {
  int rounds = 0;        // networks in all, the first one included
  int runs = 0;          // of evolution against each network, whose confidences count
  int first_images = 0;  // added to the fooling class after the first round
  int images = 0;        // after every other one
  int train_images = 0;  // of the data set that are learnt from; 0: all
  std::string first_model;
  std::string data;
};

const ParameterTable& retrain_parameters();
RetrainSettings to_retrain_settings(const Json& section);

// Those of `fool train` but for the seed, which follows from that of the whole.
const ParameterTable& learning_parameters();

// How the network of a round is trained, by the section "train".
TrainOptions learning_options(const Json& section, std::uint64_t seed, int round, int workers);

// The seed of a run of evolution; rounds count from 1, runs from 0.
std::uint64_t evolution_seed(std::uint64_t seed, int round, int run);

// Images that a round adds to the fooling class.
int images_of(const RetrainSettings& settings, int round);

// Runs that a round needs for its medians and for its images, of which a run yields so many.
int runs_of(const RetrainSettings& settings, int round, int images_per_run);

// The names of --scale: configs/retrain_NAME.json.
std::vector<std::string> retrain_scales();

// The file of a scale. Throws Error(kUsage) naming the nearest one.
std::string retrain_scale_file(const std::string& scale);

}  // namespace fool
