// What a search learns of a generation, and what that cost.
#pragma once

#include <cstdint>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/span.h"

namespace fool {

// P items, K classes.
struct Evaluations {
  Span<const float> confidences;  // [P, K]
  // [P], of item i [D of its genome]: d log confidence of its gradient_class / d parameters; empty
  // where none was wanted.
  Span<const std::vector<float>> gradients;
};

// Costs are counted in forward passes, "evaluation equivalents": the customary estimate that a
// backward pass is twice a forward pass (Kaplan et al. 2020, section 2.1). What it really took is
// in the seconds.
inline constexpr std::uint64_t kGradientEquivalents = 3;

inline std::uint64_t equivalents_of(Span<const ItemPtr> items) {
  std::uint64_t sum = 0;
  for (const ItemPtr& item : items) sum += item->wants_gradient() ? kGradientEquivalents : 1;
  return sum;
}

}  // namespace fool
