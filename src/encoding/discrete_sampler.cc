#include "encoding/discrete_sampler.h"

#include <cmath>

namespace fool {

DiscreteSampler::DiscreteSampler(const std::vector<double>& cumulative) {
  limits_.reserve(cumulative.size());
  for (const double p : cumulative) {
    limits_.push_back(static_cast<std::uint64_t>(std::nearbyint(p * 0x1.0p32)));
  }
  limits_.back() = std::uint64_t{1} << 32;
  std::uint16_t i = 0;
  for (std::size_t bucket = 0; bucket < first_.size(); ++bucket) {
    while (limits_[i] <= std::uint64_t{bucket} << kShift) ++i;
    first_[bucket] = i;
  }
}

}  // namespace fool
