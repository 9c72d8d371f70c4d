#include "encoding/sbx.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fool/core/rng.h"

namespace fool {
namespace {

// Deb's bounded form, written down again with the library's pow.
std::pair<double, double> expected(double a, double b, double u, double eta) {
  const double y1 = std::min(a, b);
  const double y2 = std::max(a, b);
  const auto betaq = [&](double beta) {
    const double alpha = 2 - std::pow(beta, -(eta + 1));
    return u <= 1 / alpha ? std::pow(u * alpha, 1 / (eta + 1))
                          : std::pow(1 / (2 - u * alpha), 1 / (eta + 1));
  };
  const double low = 0.5 * (y1 + y2 - betaq(1 + 2 * y1 / (y2 - y1)) * (y2 - y1));
  const double high = 0.5 * (y1 + y2 + betaq(1 + 2 * (1 - y2) / (y2 - y1)) * (y2 - y1));
  return {std::min(std::max(low, 0.0), 1.0), std::min(std::max(high, 0.0), 1.0)};
}

TEST(Sbx, FollowsItsFormula) {
  RngStream rng(1, "test.sbx", 0, 0);
  for (int i = 0; i < 20000; ++i) {
    const double a = rng.uniform();
    const double b = rng.uniform();
    const double u = rng.uniform();
    for (const double eta : {2.0, 10.0, 15.5}) {
      const auto [low, high] = sbx(a, b, u, eta);
      const auto [expected_low, expected_high] = expected(a, b, u, eta);
      ASSERT_NEAR(low, expected_low, 1e-12) << a << " " << b << " " << u;
      ASSERT_NEAR(high, expected_high, 1e-12) << a << " " << b << " " << u;
    }
  }
}

TEST(Sbx, ChildrenStayInBounds) {
  for (const double a : {0.0, 1.0, 0.5, 1e-9}) {
    for (const double b : {0.25, 1 - 1e-9, 0.999}) {
      for (double u = 0; u < 1; u += 0.0101) {
        const auto [low, high] = sbx(a, b, u, 10);
        ASSERT_GE(low, 0);
        ASSERT_LE(low, high);
        ASSERT_LE(high, 1);
      }
    }
  }
}

TEST(Sbx, DoesNotCareForTheOrderOfTheParents) {
  EXPECT_EQ(sbx(0.2, 0.7, 0.4, 10), sbx(0.7, 0.2, 0.4, 10));
}

// The larger the index, the nearer the children are to the parents.
TEST(Sbx, ALargeIndexKeepsChildrenNear) {
  const auto [low, high] = sbx(0.3, 0.6, 0.9, 900);
  EXPECT_NEAR(low, 0.3, 0.002);
  EXPECT_NEAR(high, 0.6, 0.002);
}

}  // namespace
}  // namespace fool
