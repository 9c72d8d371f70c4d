#include "encoding/polynomial_mutation.h"

#include <cmath>

#include "fool/core/repro_math.h"

namespace fool {
namespace {

// P(step <= d).
double cumulative(double d, double eta) {
  return d < 0 ? 0.5 * nth_power(1 + d, eta + 1) : 1 - 0.5 * nth_power(1 - d, eta + 1);
}

std::vector<double> level_distribution(double eta) {
  std::vector<double> result;
  for (int level = -255; level < 255; ++level)
    result.push_back(cumulative((level + 0.5) / 255, eta));
  result.push_back(1.0);
  return result;
}

}  // namespace

double nth_power(double x, double n) {
  if (n != std::floor(n) || n > 64) return repro::pow(x, n);
  double result = 1;
  for (auto rest = static_cast<unsigned>(n); rest != 0; rest /= 2) {
    if (rest % 2 != 0) result *= x;
    x *= x;
  }
  return result;
}

double nth_root(double x, double n) {
  while (n >= 2 && n / 2 == std::floor(n / 2)) {
    x = std::sqrt(x);
    n /= 2;
  }
  return n == 1 ? x : repro::pow(x, 1 / n);
}

double polynomial_step(double r, double eta) {
  return r < 0.5 ? nth_root(2 * r, eta + 1) - 1 : 1 - nth_root(2 * (1 - r), eta + 1);
}

LevelStep::LevelStep(double eta) : sampler_(level_distribution(eta)) {}

}  // namespace fool
