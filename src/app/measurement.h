// Rates of an experiment's parts on this machine: for `fool bench` and `fool tune`.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/evolution.h"
#include "app/experiment.h"
#include "fool/classify/matrix_product.h"
#include "fool/report/reporter.h"

namespace fool {

double median(std::vector<double> values);  // of at least one; of an even number, between two

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

// Processor time of this process so far, of all threads.
double processor_seconds();

// Throws Interrupted if the user asked to stop.
void stop_if_interrupted();

// The network alone on every worker: images that are already drawn, in the blocks of the run.
class BareForward {
 public:
  // Draws images of these genomes. The experiment must outlive this.
  BareForward(Experiment& experiment, const std::vector<GenomePtr>& genomes);

  // Images per second of forward time, all workers together. Preprocessing is not part of it on the
  // processor's cores.
  double measure(double seconds);

 private:
  double forward_seconds() const;

  Experiment& experiment_;
  BlockScorers scorers_;
  std::vector<std::vector<float>> outputs_;  // [scorers][B, K]
};

// Products of matrices on every worker at once.
class MatrixRate {
 public:
  MatrixRate(const std::string& library, WorkerPool& pool);

  double measure(double seconds);  // multiply-adds per second, all workers together

 private:
  WorkerPool& pool_;
  std::vector<std::unique_ptr<MatrixProduct>> products_;  // [workers]
};

// A folder below the system's one for temporary files, gone in the end.
class Scratch {
 public:
  Scratch();  // throws Error(kIo)
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

// A run as `fool evolve` does it, a generation at a time, with its reporters at work in a scratch
// folder. Only what reporters do at the end of a run is left out.
class MeasuredRun {
 public:
  // The initial population is drawn at random, or made of these genomes, as many as it takes. The
  // experiment must outlive this.
  MeasuredRun(Experiment& experiment, const std::vector<GenomePtr>& first);

  void advance();  // by one generation

  const std::vector<ItemPtr>& items() const { return items_; }  // of the last generation
  const EvolutionState& state() const { return state_; }
  // So far: of the calling thread what it did alone, of the workers all that they did.
  StageTimes times() const;

 private:
  void report(const AddReport& added);

  Experiment& experiment_;
  Scratch scratch_;
  EvolutionState state_;
  std::vector<ItemPtr> items_;
  StageTimes own_;
  std::unique_ptr<RunInfo> info_;
  std::vector<std::unique_ptr<Reporter>> reporters_;
};

}  // namespace fool
