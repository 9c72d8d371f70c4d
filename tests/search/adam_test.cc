#include "search/adam.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fool/core/error.h"

namespace fool {
namespace {

// The algorithm as the paper writes it, in double precision.
TEST(Adam, FollowsThePaper) {
  const AdamSettings settings{0.1F, 0.9F, 0.99F, 1e-8F};
  Adam adam;
  std::vector<float> x = {3.0F, -2.0F};
  std::vector<double> expected = {3.0, -2.0};
  std::vector<double> m(2), v(2);
  for (int t = 1; t <= 20; ++t) {
    const std::vector<float> gradient = {-x[0], -4 * x[1] + 1};
    adam.step(settings, gradient, x);
    for (std::size_t i = 0; i < 2; ++i) {
      const auto g = static_cast<double>(gradient[i]);
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.99 * v[i] + 0.01 * g * g;
      expected[i] += 0.1 * (m[i] / (1 - std::pow(0.9, t))) /
                     (std::sqrt(v[i] / (1 - std::pow(0.99, t))) + 1e-8);
      EXPECT_NEAR(x[i], expected[i], 1e-4) << t;
    }
  }
}

TEST(Adam, GoesOnFromWhatWasSaved) {
  const AdamSettings settings;
  const std::vector<float> gradient = {1.5F, -0.25F, 0.0F};
  Adam adam;
  std::vector<float> x(3);
  adam.step(settings, gradient, x);
  Adam copy = Adam::load(Json::parse(adam.save().dump()));
  std::vector<float> y = x;
  for (int i = 0; i < 3; ++i) {
    adam.step(settings, gradient, x);
    copy.step(settings, gradient, y);
  }
  EXPECT_EQ(x, y);
  EXPECT_THROW(copy.step(settings, std::vector<float>{1.0F}, y), Error);
}

}  // namespace
}  // namespace fool
