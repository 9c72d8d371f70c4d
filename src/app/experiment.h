// The components that a resolved configuration names, put together.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fool/classify/classifier.h"
#include "fool/core/json.h"
#include "fool/core/worker_pool.h"
#include "fool/encoding/encoding.h"
#include "fool/eval/communicator.h"
#include "fool/eval/evaluator.h"
#include "fool/eval/screening.h"
#include "fool/model/model_spec.h"
#include "fool/search/search.h"

namespace fool {

using Classifiers = std::vector<std::unique_ptr<Classifier>>;

struct Experiment {
  Json config;                    // resolved
  std::vector<ModelSpec> models;  // one, or those of an ensemble
  ModelSpec model;                // what the run is named and labelled by, see joint_model
  // Everything that can change the last bits of a result, and so must agree when a run is resumed.
  Json fingerprint;
  int block = 0;  // images per forward pass
  Communicator* ranks = nullptr;
  std::unique_ptr<WorkerPool> pool;
  std::unique_ptr<Classifier> classifier;
  // One for each device that is used; without crops and copies, but for an ensemble, whose members
  // have each their own crops.
  Classifiers networks;
  std::unique_ptr<Encoding> encoding;
  std::unique_ptr<Search> search;
  std::unique_ptr<Evaluator> evaluator;
  std::unique_ptr<Evaluator> fast_evaluator;  // in low precision, where items are screened
  std::unique_ptr<Screening> screening;       // null where they are not

  // Of the evaluators, summed over workers.
  StageTimes times() const;
};

// Reads the network and builds the rest around it, on every rank; the ranks must outlive it. Throws
// Error.
Experiment assemble(const Json& config, Communicator& ranks = one_rank());

// What its evaluator's workers own, made anew: for the processor's cores or for the devices.
BlockScorers make_scorers(const Experiment& experiment);

// The networks that config["model"] names. Throws Error.
std::vector<ModelSpec> find_models(const Json& config);

// The only one, or of several the name of their ensemble ("mean of a+b") with the labels and the
// input of the first that has labels; its weights are not known.
ModelSpec joint_model(const std::vector<ModelSpec>& models, const Json& config);

// The classifier alone, with the crops and copies of config["image"].
std::unique_ptr<Classifier> open_scorer(const std::vector<ModelSpec>& models, const Json& config,
                                        const Execution& how);

// A network that is shown the crops of config["image"].
std::unique_ptr<Classifier> with_crops(std::unique_ptr<Classifier> network, const Json& image);

// The number of workers of config["evaluate"]: the given one, or one per core that this process may
// use, divided by the ranks that may use the same.
int worker_count(const Json& evaluate, Communicator& ranks = one_rank());

}  // namespace fool
