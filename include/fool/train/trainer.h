// Trains the network of the MNIST experiments, Caffe's LeNet (20-50-500), with plain cross-entropy:
// no dropout, no smoothed labels, nothing that would keep its confidences from 1. Called by `fool
// train`.
//
// Equal data, options and numeric library give equal weights, for any number of workers: every
// batch is cut into kTrainShards parts, each computed on one thread, and their gradients are added
// in order.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fool/core/json.h"
#include "fool/core/parameters.h"
#include "fool/data/dataset.h"
#include "fool/model/safetensors.h"

namespace fool {

inline constexpr int kTrainShards = 4;

// Stochastic gradient descent with momentum. The learning rate rises in a straight line during the
// first twentieth of all steps and falls to 0 along a half cosine.
struct TrainOptions {
  int epochs = 0;
  int batch_size = 0;
  double learning_rate = 0;  // at its highest
  double momentum = 0;
  double weight_decay = 0;
  int shift = 0;  // an image is moved by up to so many pixels each way, anew in every epoch
  std::uint64_t seed = 0;
  int workers = 1;  // threads, of which kTrainShards are of use; cannot change the result
};

// The table behind the options but for workers, and the options from a value for each key
// ("batch_size": 128, ...).
const ParameterTable& train_parameters();
TrainOptions train_options(const Json& resolved);

// After a batch. Means over the epoch so far; epoch counts from 1, step from 1 through the whole
// training.
struct TrainProgress {
  int epoch = 0;
  std::int64_t step = 0;
  std::int64_t steps = 0;
  double loss = 0;
  double accuracy = 0;  // 0..1, of training images before the step that learns from them
};

struct EpochReport {
  int epoch = 0;
  double loss = 0;
  double train_accuracy = 0;
  double test_accuracy = 0;
};

struct TrainResult {
  NamedTensors weights;  // f32, the names of LeNet's parameters
  int test_correct = 0;
  int test_size = 0;
  std::vector<EpochReport> history;

  double test_accuracy() const { return static_cast<double>(test_correct) / test_size; }
};

// Either may be empty, or throw to end the training.
struct TrainWatcher {
  std::function<void(const TrainProgress&)> on_step;
  std::function<void(const EpochReport&)> on_epoch;
};

// Both data sets hold labelled grey images of 28x28. The weights are those after the last epoch;
// the test set chooses nothing. Leaves the calling thread with one thread inside the numeric
// library. Throws Error(kData) for images or labels that do not fit, Error(kConfig) if the loss
// stops being a number.
TrainResult train_lenet(const Dataset& train, const Dataset& test, const TrainOptions& options,
                        const TrainWatcher& watcher = {});

}  // namespace fool
