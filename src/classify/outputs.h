// From a network's raw output to probabilities, and the checks that all backends make on it.
#pragma once

#include <cstdint>

#include "fool/classify/classifier.h"
#include "fool/core/span.h"
#include "fool/model/model_spec.h"

namespace fool {

// Throws Error(kModel) unless a network's output of this shape is [batch, spec.classes].
void expect_output_shape(const ModelSpec& spec, int batch, Span<const std::int64_t> shape);

// One row of K outputs -> K probabilities. The order of operations is fixed and no libm is called:
// the same outputs give the same bits everywhere. An output that is NaN or +infinity makes all of
// its row NaN.
void to_probabilities(OutputKind kind, Span<const float> outputs, Span<float> probabilities);

// gradient: d objective of `wanted` / d outputs, [K], where the outputs have these probabilities. A
// probability of 0 has the logarithm of the least positive float.
void objective_gradient(OutputKind kind, Objective objective, Span<const float> probabilities,
                        int wanted, Span<float> gradient);

// Throws Error(kUsage) for a network that gives probabilities alone.
void expect_logits(const ModelSpec& spec);

}  // namespace fool
