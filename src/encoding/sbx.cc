#include "encoding/sbx.h"

#include <algorithm>

#include "encoding/polynomial_mutation.h"

namespace fool {
namespace {

// How far the children lie apart, as a multiple of the parents' distance, when `room` is how far
// the nearer child may go: 1 + 2 * (distance to the bound) / (distance of the parents).
double spread_factor(double room, double spread, double eta) {
  const double alpha = 2 - nth_power(1 / room, eta + 1);
  const double x = spread * alpha;
  return x <= 1 ? nth_root(x, eta + 1) : 1 / nth_root(2 - x, eta + 1);
}

}  // namespace

std::pair<double, double> sbx(double a, double b, double spread, double eta) {
  const double low = std::min(a, b);
  const double high = std::max(a, b);
  const double distance = high - low;
  const double centre = 0.5 * (low + high);
  const double down = spread_factor(1 + 2 * low / distance, spread, eta);
  const double up = spread_factor(1 + 2 * (1 - high) / distance, spread, eta);
  return {std::clamp(centre - 0.5 * down * distance, 0.0, 1.0),
          std::clamp(centre + 0.5 * up * distance, 0.0, 1.0)};
}

}  // namespace fool
