#include "classify/mixture.h"

#include <algorithm>

namespace fool {

void Mixture::combine(Span<float> probabilities) const {
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    double sum = 0.0;
    float least = parts_.front()[i];
    for (const std::vector<float>& part : parts_) {
      sum += static_cast<double>(part[i]);
      least = std::min(least, part[i]);
    }
    probabilities[i] = rule_ == EnsembleRule::kMin
                           ? least
                           : static_cast<float>(sum / static_cast<double>(parts_.size()));
  }
}

float Mixture::weight_of(std::size_t m, std::size_t own, Objective objective,
                         float probability) const {
  if (rule_ == EnsembleRule::kMin) {
    const auto least =
        std::min_element(parts_.begin(), parts_.end(),
                         [&](const auto& a, const auto& b) { return a[own] < b[own]; });
    return least - parts_.begin() == static_cast<std::ptrdiff_t>(m) ? 1.0F : 0.0F;
  }
  const float part = 1.0F / static_cast<float>(parts_.size());
  const bool by_share = objective == Objective::kLogProbability && probability > 0;
  return by_share ? part * parts_[m][own] / probability : part;
}

}  // namespace fool
