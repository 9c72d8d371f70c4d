#include "encoding/polynomial_mutation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "fool/core/rng.h"

namespace fool {
namespace {

constexpr int kDraws = 400000;
constexpr double kEta = 15;

TEST(NthRoot, AgreesWithPow) {
  for (const double n : {1.0, 1.5, 2.0, 3.0, 6.0, 11.0, 16.0, 21.0, 1001.0}) {
    for (double x = 1e-12; x <= 1; x *= 1.31) {
      EXPECT_NEAR(nth_root(x, n), std::pow(x, 1 / n), 1e-13) << x << " " << n;
      EXPECT_NEAR(nth_power(x, n), std::pow(x, n), 1e-13) << x << " " << n;
    }
    EXPECT_EQ(nth_root(0, n), 0);
    EXPECT_EQ(nth_power(0, n), 0);
    EXPECT_EQ(nth_power(1, n), 1);
  }
}

TEST(PolynomialStep, FollowsItsFormula) {
  for (const double eta : {0.0, 2.5, 10.0, 15.0, 20.0}) {
    for (double r = 0; r < 1; r += 0.001) {
      const double expected =
          r < 0.5 ? std::pow(2 * r, 1 / (eta + 1)) - 1 : 1 - std::pow(2 * (1 - r), 1 / (eta + 1));
      EXPECT_NEAR(polynomial_step(r, eta), expected, 1e-13) << r << " " << eta;
    }
  }
}

// Mean and root mean square of |step| and its quantiles for eta = 15, each within five standard
// errors.
void expect_moments(std::vector<double> steps, double unit) {
  const auto n = static_cast<double>(steps.size());
  double sum = 0;
  double absolute = 0;
  double squares = 0;
  for (double& d : steps) {
    sum += d;
    absolute += std::fabs(d);
    squares += d * d;
    d = std::fabs(d);
  }
  const double mean = 1.0 / 17;
  const double mean_square = 1 - 2 * 16.0 / 17 + 16.0 / 18;
  EXPECT_NEAR(std::sqrt(mean_square), 0.08085, 1e-5);
  EXPECT_NEAR(sum / n, 0, 5 * std::sqrt(mean_square / n));
  EXPECT_NEAR(absolute / n, mean, 5 * std::sqrt((mean_square - mean * mean) / n));
  const double mean_fourth = 24.0 / (17 * 18 * 19 * 20);  // E d^4 = 4! / ((eta + 2) ... (eta + 5))
  EXPECT_NEAR(squares / n, mean_square, 5 * std::sqrt(mean_fourth / n));
  std::sort(steps.begin(), steps.end());
  const auto quantile = [&](double p) { return steps[static_cast<std::size_t>(p * n)]; };
  EXPECT_NEAR(quantile(0.5), 0.0424, 0.0005 + unit / 2);
  EXPECT_NEAR(quantile(0.9), 0.134, 0.001 + unit / 2);
  EXPECT_NEAR(quantile(0.99), 0.250, 0.003 + unit / 2);
}

TEST(PolynomialStep, HasTheMomentsOfEta15) {
  RngStream rng(1, "test.polynomial", 0, 0);
  std::vector<double> steps;
  for (int i = 0; i < kDraws; ++i) steps.push_back(polynomial_step(rng.uniform(), kEta));
  expect_moments(std::move(steps), 0);
}

// A mean of exactly 15 grey levels.
TEST(LevelStep, HasTheMomentsOfEta15) {
  RngStream rng(2, "test.polynomial", 0, 0);
  const LevelStep step(kEta);
  std::vector<double> steps;
  for (int i = 0; i < kDraws; ++i) steps.push_back(step(rng.next_u32()) / 255.0);
  expect_moments(std::move(steps), 1 / 255.0);
}

// The table gives each whole number the probability that the rounded real step has.
TEST(LevelStep, IsTheRoundedRealStep) {
  const LevelStep step(kEta);
  for (std::uint32_t u = 9973; u < 0xffffff00U - 9973; u += 9973) {
    const double real = 255 * polynomial_step(u * 0x1.0p-32, kEta);
    if (std::fabs(std::fabs(real - std::floor(real)) - 0.5) < 1e-4)
      continue;  // a half, but for rounding
    ASSERT_EQ(step(u), std::lround(real)) << u;
  }
  EXPECT_EQ(step(0), -191);  // larger steps have less than the 2^-32 that the table knows
  EXPECT_EQ(step(0xffffffffU), 191);
}

}  // namespace
}  // namespace fool
