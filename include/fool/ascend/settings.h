// What `fool ascend` can be told: the section "ascend" of a configuration, as a table and as a
// struct.
#pragma once

#include "fool/classify/classifier.h"
#include "fool/core/json.h"
#include "fool/core/parameters.h"

namespace fool {

enum class AscentMethod { kPixels, kFourier };

// Where an image begins; X is the image less the mean colour of the network's card.
enum class AscentStart {
  kMeanNoise,  // X = N(0, start_noise), a draw for every number
  kUniform,    // pixels uniform in 0..255
  kZero,       // X = 0: the mean colour
  kGrey,       // pixels 127.5
  kImage,      // a given image
};

struct AscentSettings {
  AscentMethod method = AscentMethod::kPixels;
  Objective objective = Objective::kProbability;
  AscentStart start = AscentStart::kMeanNoise;
  double start_noise = 0;  // in levels of 0..255
  int iterations = 0;      // images that are scored, the start included
  double stop_at = 0;      // 0: never

  // kPixels
  double early_progress = 0;
  double late_progress = 0;
  double max_step = 0;
  double decay = 0;
  double blur = 0;  // 0: none
  int blur_every = 1;
  // Percentiles, 0: the rule is off.
  double zero_small_values = 0;
  double zero_small_pixels = 0;
  double zero_low_benefit = 0;
  double zero_low_absolute_benefit = 0;

  // kFourier
  double learning_rate = 0;
  double spectrum_power = 0;
  int jitter = 0;
  double scaling = 0;
  double rotation = 0;  // in degrees
  int check_every = 1;

  // Does every start have random numbers of its own?
  bool starts_differ() const {
    return start == AscentStart::kMeanNoise || start == AscentStart::kUniform ||
           (method == AscentMethod::kFourier && (jitter > 0 || scaling > 0 || rotation > 0));
  }
};

const ParameterTable& ascend_parameters();

// settings: as ascend_parameters() resolves them; more keys do no harm.
AscentSettings to_ascent_settings(const Json& settings);

}  // namespace fool
