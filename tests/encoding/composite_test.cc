#include "encoding/composite.h"

#include <gtest/gtest.h>

#include "encoding/slopes.h"

namespace fool {
namespace {

TEST(Composite, IsTheArcTangentAndItsSquare) {
  for (const float x : {-100.0F, -1.0F, -0.25F, 0.0F, 0.5F, 1.0F, 3.0F}) {
    const double angle = std::atan(static_cast<double>(x));
    const Composite<float> both = composite(x);
    EXPECT_NEAR(both.first, angle / 0.67, 1e-6);
    EXPECT_NEAR(both.second, angle * angle / 0.6, 2e-6);
  }
}

TEST(Composite, ItsGradientIsThatOfBothNumbers) {
  for (int i = -1000; i <= 1000; ++i) {
    const float x = static_cast<float>(i) * 0.02F;
    const auto f = [&](double step) {
      const double angle = std::atan(static_cast<double>(x) + step);
      return 3 * angle / 0.67 - 2 * angle * angle / 0.6;
    };
    ASSERT_TRUE(is_slope(static_cast<double>(composite_gradient(x, 3.0F, -2.0F)), f, 1e-5)) << x;
  }
}

}  // namespace
}  // namespace fool
