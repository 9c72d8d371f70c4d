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
  int cell = -1;  // whose confidence is to rise; -1: nothing to do
  GenomePtr genome;
  std::vector<ItemId> parents;  // of the item that is evaluated next
  Adam adam;
  float best = 0;        // of its confidences so far
  int since_better = 0;  // steps since that grew by more than a little
};

struct StepSettings {
  AdamSettings adam;
  int steps = 20;        // at most, of a trajectory
  int patience = 5;      // steps without a gain, after which it is given up
  float target = 0.99F;  // confidence at which it ends
};

std::vector<Parameter> step_parameters();
StepSettings read_step_settings(const Json& settings);

// Throws Error(kConfig) naming the search unless the encoding has a gradient.
void require_gradient(const Encoding& encoding, const std::string& search);

// The next item of a trajectory, gradient wanted.
ItemPtr next_item(const Trajectory& trajectory, ItemId id, int generation);

// One step along the gradient that was found for the item; or the end: cell becomes -1. A gradient
// of nothing ends it, too.
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
