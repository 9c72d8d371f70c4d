// The usual mistakes in a card's "input", and which of them a network's accuracy speaks for: for
// the hint of `fool models check`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fool/core/worker_pool.h"
#include "fool/data/dataset.h"
#include "fool/data/resize.h"
#include "fool/model/model_spec.h"

namespace fool {

struct InputVariant {
  std::string what;  // "channels RGB, range 0..1, mean 0.485 0.456 0.406, std 0.229 0.224 0.225"
  InputSpec input;
};

// Inputs that networks of this kind were commonly trained with: both orders of channels, each with
// the card's own and the usual ranges, means and deviations. The card's own input is the first.
std::vector<InputVariant> usual_inputs(const InputSpec& card);

struct VariantScore {
  InputVariant variant;
  int images = 0;
  int top1_correct = 0;

  double top1() const { return static_cast<double>(top1_correct) / images; }
};

// Measures each on the same `limit` images of the data set, best first; of equals, in the order
// given. `progress` is called with the number of variants done, and may throw to stop. A variant
// with which the network gives no numbers counts as never right.
std::vector<VariantScore> score_inputs(const ModelSpec& spec,
                                       const std::vector<InputVariant>& variants,
                                       const Dataset& dataset, const PhotoRule& rule, int limit,
                                       WorkerPool& pool,
                                       const std::function<void(int done)>& progress);

}  // namespace fool
