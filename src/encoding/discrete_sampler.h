// Draws from a discrete distribution by one 32-bit random number and a look-up, where a formula
// with logarithms or powers would be drawn many thousand times.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace fool {

class DiscreteSampler {
 public:
  // cumulative[i] = P(X <= i): ascending, the last one 1. Each probability is kept to a multiple of
  // 2^-32.
  explicit DiscreteSampler(const std::vector<double>& cumulative);

  // X for a number that is uniform over 0..2^32-1.
  int operator()(std::uint32_t uniform) const {
    std::size_t i = first_[uniform >> kShift];
    while (uniform >= limits_[i]) ++i;
    return static_cast<int>(i);
  }

 private:
  // Buckets so narrow that nearly every one lies within one X: a loop that goes on would be guessed
  // wrongly by the processor.
  static constexpr int kShift = 20;
  std::vector<std::uint64_t> limits_;  // X = i up to this number, exclusive
  std::array<std::uint16_t, 1 << (32 - kShift)>
      first_{};  // where to begin to look, by the number's top bits
};

}  // namespace fool
