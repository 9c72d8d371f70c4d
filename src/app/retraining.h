// The n + 1-class loop of the paper's section 3.6: train a network, evolve images that fool it, add
// them to the class n + 1, train the next one. What is on disk already is not done again, so the
// same settings give the same folder however often the work was interrupted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/experiment.h"
#include "app/retrain_settings.h"
#include "app/retraining_folder.h"
#include "fool/classify/classifier.h"
#include "fool/core/json.h"
#include "fool/core/worker_pool.h"
#include "fool/data/dataset.h"
#include "fool/train/trained_model.h"

namespace fool {

// Who made the networks, for their cards.
struct RetrainingOrigin {
  std::string dataset;
  std::string command;
  std::string date;
};

// Any of them may be empty. on_images and interrupted are called on several threads at once.
struct RetrainingWatcher {
  std::function<void(int round, const TrainProgress&)> on_training;   // may throw
  std::function<void(int round, std::uint64_t images)> on_evolution;  // before it: so many to score
  std::function<void(int images)> on_images;                          // that are scored now
  std::function<void(const RoundResult&)> on_round;
  std::function<bool()> interrupted;
};

// Images of the champions of a run's first and last generation, and how they were drawn.
struct EvolvedImages {
  FoolingImages fooling;             // [2 n], the first generation's before the last one's
  std::vector<ImageRecord> records;  // [n], of the last generation's
};

// One run against a network whose classes are all aimed at, on the calling thread. config: of a
// run, with its seed. Throws Interrupted where `interrupted`, which is asked before every block,
// says so.
EvolvedImages evolve_images(const Json& config, const Classifier& network, int run,
                            const std::function<bool()>& interrupted);

class Retraining {
 public:
  // config: resolved, with the sections "retrain" and "train". Everything must outlive this.
  Retraining(const Json& config, const Dataset& train, const Dataset& test,
             const RetrainingFolder& folder, RetrainingOrigin origin, RetrainingWatcher watcher);

  // Does what is left of all rounds, and gives their results. Throws Interrupted.
  std::vector<RoundResult> run();

 private:
  RoundResult run_round(int round);
  ModelSpec provide_network(int round);
  void train_network(int round);
  std::unique_ptr<Classifier> open(const ModelSpec& spec) const;
  void measure(const Classifier& network, RoundResult& result);
  void evolve(int round, const ModelSpec& spec, const Classifier& network);
  void collect(int round, RoundResult& result);
  FoolingImages images_before(int round) const;
  Json scoring_of(const ModelSpec& spec) const;
  int real_classes() const { return train_.classes(); }

  const Json& config_;
  const RetrainSettings settings_;
  const Dataset& train_;
  const Dataset& test_;
  const RetrainingFolder& folder_;
  const RetrainingOrigin origin_;
  const RetrainingWatcher watcher_;
  const std::uint64_t seed_;
  WorkerPool pool_;
};

}  // namespace fool
