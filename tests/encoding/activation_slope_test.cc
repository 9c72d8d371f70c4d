#include "encoding/activation_slope.h"

#include <gtest/gtest.h>

#include "encoding/slopes.h"

namespace fool {
namespace {

TEST(ActivationSlope, IsThatOfTheFormula) {
  for (const Activation activation : all_activations()) {
    for (int i = -4000; i <= 4000; ++i) {
      const float x = static_cast<float>(i) * 0.005F;
      const float slope = activation_slope(activation, x, activate(activation, x));
      const auto f = [&](double step) {
        return activate_in_doubles(activation, static_cast<double>(x) + step);
      };
      ASSERT_TRUE(is_slope(static_cast<double>(slope), f, 2e-5))
          << activation_name(activation) << " at " << x;
    }
  }
}

TEST(ActivationSlope, IsZeroWhereTheActivationIsClamped) {
  EXPECT_EQ(activation_slope(Activation::kSine, 2e6F, activate(Activation::kSine, 2e6F)), 0.0F);
  EXPECT_EQ(activation_slope(Activation::kSine, -2e6F, activate(Activation::kSine, -2e6F)), 0.0F);
  for (const Activation activation : all_activations()) {
    for (const float x : {-1e8F, 1e8F}) {
      EXPECT_NEAR(activation_slope(activation, x, activate(activation, x)), 0.0F, 1e-25)
          << activation_name(activation);
    }
  }
}

template <Activation kActivation>
void expect_small_sums_need_no_clamping() {
  const auto limit = static_cast<float>(small_sum(kActivation));
  for (int i = -9'999; i <= 9'999; ++i) {
    const float x = static_cast<float>(i) / 10'000.0F * limit;
    const float y = activate(kActivation, x);
    ASSERT_EQ((activation_slope<kActivation, SumSize::kSmall>(x, y)),
              activation_slope(kActivation, x, y))
        << x;
  }
}

TEST(ActivationSlope, SmallSumsNeedNoClamping) {
  expect_small_sums_need_no_clamping<Activation::kSine>();
  expect_small_sums_need_no_clamping<Activation::kSigmoid>();
  expect_small_sums_need_no_clamping<Activation::kGaussian>();
  expect_small_sums_need_no_clamping<Activation::kLinear>();
  expect_small_sums_need_no_clamping<Activation::kTanh>();
  expect_small_sums_need_no_clamping<Activation::kRelu>();
}

}  // namespace
}  // namespace fool
