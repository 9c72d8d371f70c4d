// The step size of the paper's gradient ascent: as long as it takes to gain, by the gradient, so
// much confidence.
#pragma once

#include "fool/ascend/settings.h"

namespace fool {

// The gain in the objective that a step aims at from probability p. In confidence it is
// min(early_progress, late_progress (1 - p)), as published. For the logarithm and the logit it is
// what they gain when p gains that much (the logit, when all others stay), so that the three differ
// where a gradient is a bad guide, and agree in the limit of small steps.
double wanted_gain(const AscentSettings& settings, double p);

// The factor of the gradient, whose squared norm is given: wanted_gain over the norm, at most
// max_step; 0 for a gradient of zero.
double progress_step(const AscentSettings& settings, double p, double squared_norm);

}  // namespace fool
