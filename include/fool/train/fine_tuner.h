// Teaches a built-in network one class more, behind its last one: images that fooled it (paper,
// section 3.7). It keeps its weights to begin with; either its last layer learns, or all of them.
// Batch normalisation keeps the statistics that it was trained with. Called by `fool retrain`.
//
// Equal images, options and numeric library give equal weights, for any number of workers, as with
// trainer.h.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fool/core/image.h"
#include "fool/core/json.h"
#include "fool/core/parameters.h"
#include "fool/model/model_spec.h"
#include "fool/model/safetensors.h"
#include "fool/train/trainer.h"

namespace fool {

// Images in the network's shape, each with its class.
struct LabelledBatch {
  ImageBatch images;
  std::vector<int> labels;  // [N]; the network's number of classes stands for the new one
};

struct FineTuneOptions {
  bool all_layers = false;
  int epochs = 0;
  int batch_size = 0;
  double learning_rate = 0;  // at its highest
  double momentum = 0;
  double weight_decay = 0;
  std::uint64_t seed = 0;
  int workers = 1;  // threads, of which kTrainShards are of use; cannot change the result
};

// The table behind the options but for workers, and the options from a value for each key.
const ParameterTable& fine_tune_parameters();
FineTuneOptions fine_tune_options(const Json& resolved);

struct FineTuned {
  NamedTensors weights;              // f32, the names of the network's parameters
  std::vector<std::string> layers;   // parameters that learned
  std::vector<EpochReport> history;  // without accuracies on a test set
};

// `on_step` is called after every batch and may throw to end it. Throws Error(kModel) for a network
// that is not built in, has no last layer of its own for the classes or gives no logits,
// Error(kData) for images or labels that do not fit, Error(kConfig) if the loss stops being a
// number.
FineTuned fine_tune(const ModelSpec& spec, const LabelledBatch& train,
                    const FineTuneOptions& options,
                    const std::function<void(const TrainProgress&)>& on_step = {});

}  // namespace fool
