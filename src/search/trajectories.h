// Several elites at a time that are improved step by step along the gradient of their class: what
// gradient searches have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/parameters.h"
#include "fool/encoding/differentiable.h"
#include "fool/search/evaluations.h"
#include "search/adam.h"

namespace fool {

struct Trajectory {
  // Its surest image so far; but for the confidence only where steps may lead back to it.
  struct Best {
    float confidence = 0;
    GenomePtr genome;
    ItemId id = 0;
    std::vector<float> gradient;  // there
  };

  int cell = -1;  // whose confidence is to rise; -1: nothing to do
  GenomePtr genome;
  std::vector<ItemId> parents;  // of the item that is evaluated next
  Adam adam;
  float pace = 1;  // factor of the learning rate
  int steps = 0;
  int since_better = 0;  // steps since the best confidence grew by more than a little
  Best best;
};

struct StepSettings {
  AdamSettings adam;
  int steps = 20;        // at most, of a trajectory
  int patience = 5;      // steps without a gain, after which it is given up
  float target = 0.99F;  // confidence at which it ends
  // Whether a step that loses much of the best confidence is undone and a shorter one made, and
  // gains make them longer.
  bool backtrack = false;
};

// What else differs between searches has the same defaults.
std::vector<Parameter> step_parameters(double default_target, bool backtrack_by_default);
StepSettings read_step_settings(const Json& settings);

// Throws Error(kConfig) naming the search unless the encoding has a gradient.
void require_gradient(const Encoding& encoding, const std::string& search);

// The next item of a trajectory, gradient wanted.
ItemPtr next_item(const Trajectory& trajectory, ItemId id, int generation);

// One step along the gradient that was found for the item, or back and along that of the best one;
// or the end: cell becomes -1. A gradient of nothing ends it, too.
void follow_gradient(const StepSettings& settings, const Differentiable& encoding, const Item& item,
                     float confidence, Span<const float> gradient, Trajectory& trajectory);

// The same for all: the first items of a generation are theirs, in this order.
void follow_gradients(const StepSettings& settings, const Differentiable& encoding,
                      Span<const ItemPtr> items, const Evaluations& evaluations,
                      std::vector<Trajectory>& trajectories);

// For checkpoints. load throws Error(kData).
Json save_trajectories(const std::vector<Trajectory>& all, const Encoding& encoding);
std::vector<Trajectory> load_trajectories(const Json& json, const Encoding& encoding);

}  // namespace fool
