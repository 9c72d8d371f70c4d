// Several answers to the same images made one: of the members of an ensemble, or of copies of the
// images.
#pragma once

#include <cstddef>
#include <vector>

#include "fool/classify/ensemble.h"
#include "fool/core/span.h"

namespace fool {

class Mixture {
 public:
  Mixture(EnsembleRule rule, std::size_t parts) : rule_(rule), parts_(parts) {}

  std::size_t parts() const { return parts_.size(); }

  // Where a part's probabilities go; [B, K], as many as the mixture's.
  std::vector<float>& part(std::size_t m) { return parts_[m]; }

  // The mean of the parts, summed up in their order, or the smallest.
  void combine(Span<float> probabilities) const;

  // How much a part's gradient counts for an image whose class is number `own` of the
  // probabilities, which is `probability` in the mixture. In the logarithm of a mean, a part's own
  // logarithm counts by its share of it. Of the smallest, that part alone counts; of equals, the
  // first.
  float weight_of(std::size_t m, std::size_t own, Objective objective, float probability) const;

 private:
  EnsembleRule rule_;
  std::vector<std::vector<float>> parts_;
};

}  // namespace fool
