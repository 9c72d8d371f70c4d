#include "encoding/activation.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fool {
namespace {

double expected(Activation activation, double x) {
  switch (activation) {
    case Activation::kSine:
      return std::sin(x);
    case Activation::kSigmoid:
      return 2 * (1 / (1 + std::exp(-x)) - 0.5);
    case Activation::kGaussian:
      return std::exp(-x * x);
    case Activation::kLinear:
      return std::min(std::max(x, -3.0), 3.0) / 3;
    case Activation::kTanh:
      return std::tanh(5 * x);
    case Activation::kRelu:
      return std::min(std::max(x, 0.0), 3.0) / 3;
  }
  return 0;
}

TEST(Activation, FollowsItsFormula) {
  for (const Activation activation : all_activations()) {
    for (int i = -8000; i <= 8000; ++i) {
      const float x = static_cast<float>(i) * 0.0025F;
      ASSERT_NEAR(activate(activation, x), expected(activation, static_cast<double>(x)), 5e-7)
          << activation_name(activation) << " of " << x;
    }
  }
}

TEST(Activation, NeverLeavesItsRange) {
  for (const Activation activation : all_activations()) {
    for (float x = 1e-30F; x < 1e30F; x *= 1.07F) {
      for (const float y : {x, -x}) {
        const float value = activate(activation, y);
        ASSERT_LE(std::fabs(value), 1.0F) << activation_name(activation) << " of " << y;
      }
    }
  }
}

template <Activation kActivation>
void expect_small_sums_need_no_clamping() {
  const auto limit = static_cast<float>(small_sum(kActivation));
  for (int i = -100'000; i <= 100'000; ++i) {
    const float x = static_cast<float>(i) / 100'000.0F * limit;
    ASSERT_EQ((activate<kActivation, SumSize::kSmall>(x)), activate(kActivation, x)) << x;
  }
}

TEST(Activation, SmallSumsNeedNoClamping) {
  expect_small_sums_need_no_clamping<Activation::kSine>();
  expect_small_sums_need_no_clamping<Activation::kSigmoid>();
  expect_small_sums_need_no_clamping<Activation::kGaussian>();
  expect_small_sums_need_no_clamping<Activation::kLinear>();
  expect_small_sums_need_no_clamping<Activation::kTanh>();
  expect_small_sums_need_no_clamping<Activation::kRelu>();
}

// What a node without edges says: the gaussian 1, all others 0.
TEST(Activation, AtZero) {
  for (const Activation activation : all_activations()) {
    EXPECT_EQ(activate(activation, 0.0F), activation == Activation::kGaussian ? 1.0F : 0.0F)
        << activation_name(activation);
  }
}

TEST(Activation, NamesAreFoundAgain) {
  EXPECT_EQ(all_activations().size(), static_cast<std::size_t>(kActivationCount));
  for (const Activation activation : all_activations()) {
    EXPECT_EQ(find_activation(activation_name(activation)), activation);
  }
  EXPECT_EQ(find_activation("cosine"), std::nullopt);
}

}  // namespace
}  // namespace fool
