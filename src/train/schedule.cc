#include "train/schedule.h"

#include <numeric>
#include <utility>

#include "fool/core/repro_math.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

constexpr double kWarmUp = 0.05;  // of all steps

}  // namespace

double learning_rate_at(std::int64_t step, std::int64_t steps, double highest) {
  const double at = static_cast<double>(step) / static_cast<double>(steps);
  if (at < kWarmUp) return highest * at / kWarmUp;
  constexpr double kPi = 3.14159265358979323846;
  return highest * 0.5 * (1.0 + repro::cos(kPi * (at - kWarmUp) / (1.0 - kWarmUp)));
}

std::vector<int> shuffled_order(int count, std::uint64_t seed, int epoch) {
  std::vector<int> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  RngStream random(seed, "train.shuffle", static_cast<std::uint32_t>(epoch), 0);
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[random.uniform_int(static_cast<std::uint32_t>(left))]);
  }
  return order;
}

}  // namespace fool
