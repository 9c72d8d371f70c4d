#include "fool/core/repro_math.h"

#include <limits>

namespace fool::repro {
namespace {

constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;

// x * 2^k for a normal result.
double scale(double x, int k) {
  const auto bits = static_cast<std::uint64_t>(k + 1023) << 52;
  return x * detail::bit_cast<double>(bits);
}

// sin r for |r| <= pi/4 (Taylor series; the first omitted term is below 1e-17).
double sin_kernel(double r) {
  const double r2 = r * r;
  double p = -1.0 / 1307674368000.0;
  p = p * r2 + 1.0 / 6227020800.0;
  p = p * r2 - 1.0 / 39916800.0;
  p = p * r2 + 1.0 / 362880.0;
  p = p * r2 - 1.0 / 5040.0;
  p = p * r2 + 1.0 / 120.0;
  p = p * r2 - 1.0 / 6.0;
  return r + r * r2 * p;
}

double cos_kernel(double r) {
  const double r2 = r * r;
  double p = 1.0 / 20922789888000.0;
  p = p * r2 - 1.0 / 87178291200.0;
  p = p * r2 + 1.0 / 479001600.0;
  p = p * r2 - 1.0 / 3628800.0;
  p = p * r2 + 1.0 / 40320.0;
  p = p * r2 - 1.0 / 720.0;
  p = p * r2 + 1.0 / 24.0;
  p = p * r2 - 0.5;
  return 1.0 + r2 * p;
}

// x = quadrant * pi/2 + r, |r| <= pi/4.
double reduce(double x, int* quadrant) {
  const double magic = 6755399441055744.0;  // 1.5 * 2^52
  const double k = (x * 0.636619772367581343076 + magic) - magic;
  double r = x - k * 1.57079632673412561417e+00;
  r = r - k * 6.07710050630396597660e-11;
  r = r - k * 2.02226624879595063154e-21;
  *quadrant = static_cast<int>(static_cast<std::int64_t>(k) & 3);
  return r;
}

}  // namespace

double log(double x) {
  // x = m * 2^k with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh((m - 1) / (m + 1)).
  int k = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1.0p54;
    k = -54;
  }
  const auto bits = detail::bit_cast<std::uint64_t>(x);
  k += static_cast<int>(bits >> 52) - 1023;
  double m = detail::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL);
  if (m > 1.41421356237309504880) {
    m *= 0.5;
    ++k;
  }
  const double s = (m - 1.0) / (m + 1.0);
  const double s2 = s * s;
  double p = 1.0 / 23.0;
  for (int n = 21; n >= 3; n -= 2) p = p * s2 + 1.0 / n;
  const double log_m = 2.0 * (s + s * s2 * p);
  return k * kLn2High + (k * kLn2Low + log_m);
}

double exp(double x) {
  if (x < -745.0) return 0.0;
  if (x > 709.8) return std::numeric_limits<double>::infinity();
  const double magic = 6755399441055744.0;
  const double k = (x * 1.44269504088896340736 + magic) - magic;
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double p = 1.0 / 6227020800.0;  // 1/13!, |r| <= ln(2)/2
  double factorial = 479001600.0;
  for (int n = 12; n >= 1; --n) {
    p = p * r + 1.0 / factorial;
    factorial /= n;
  }
  p = p * r + 1.0;
  const int exponent = static_cast<int>(k);
  // In two steps, so that a subnormal result is rounded once and 2^1024 is never formed.
  return scale(scale(p, exponent / 2), exponent - exponent / 2);
}

double pow(double x, double y) { return x > 0.0 ? exp(y * log(x)) : 0.0; }

double sin(double x) {
  int quadrant = 0;
  const double r = reduce(x, &quadrant);
  const double value = (quadrant & 1) != 0 ? cos_kernel(r) : sin_kernel(r);
  return (quadrant & 2) != 0 ? -value : value;
}

double cos(double x) {
  int quadrant = 0;
  const double r = reduce(x, &quadrant);
  const double value = (quadrant & 1) != 0 ? sin_kernel(r) : cos_kernel(r);
  return quadrant == 1 || quadrant == 2 ? -value : value;
}

}  // namespace fool::repro
