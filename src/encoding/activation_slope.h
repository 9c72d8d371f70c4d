// How steep the activations of a CPPN are: what reverse-mode differentiation multiplies by. At the
// kinks it is the slope of one side.
#pragma once

#include "encoding/activation.h"

namespace fool {

// The derivative of activate<kActivation> at x, where it is y. Of a float, or of a vector of floats
// with the same operators; kSmall as there.
template <Activation kActivation, SumSize kSize = SumSize::kAny, typename Real>
FOOL_ALWAYS_INLINE Real activation_slope(Real x, Real y) {
  using repro::at_least;
  using repro::at_most;
  using repro::where_below;
  constexpr bool kSmall = kSize == SumSize::kSmall;
  if constexpr (kActivation == Activation::kSine) {
    if constexpr (kSmall) {
      return repro::cos_within(x);
    } else {
      // Flat where the sine is clamped.
      constexpr auto kMost = static_cast<float>(small_sum(Activation::kSine));
      const Real cosine = repro::cos_within(at_most(at_least(x, Real(-kMost)), Real(kMost)));
      return where_below(at_least(x, -x), Real(kMost), cosine, Real(0.0F));
    }
  } else if constexpr (kActivation == Activation::kSigmoid) {
    return (1.0F - y * y) * 0.5F;
  } else if constexpr (kActivation == Activation::kGaussian) {
    return (x * y) * -2.0F;
  } else if constexpr (kActivation == Activation::kTanh) {
    return (1.0F - y * y) * 5.0F;
  } else {
    constexpr float kThird = 1.0F / 3.0F;
    Real slope = Real(kThird);
    if constexpr (!kSmall) slope = where_below(x, Real(3.0F), slope, Real(0.0F));
    if constexpr (kActivation == Activation::kRelu) {
      slope = where_below(x, Real(0.0F), Real(0.0F), slope);
    } else if constexpr (!kSmall) {
      slope = where_below(x, Real(-3.0F), Real(0.0F), slope);
    }
    return slope;
  }
}

// The same, chosen at run time.
FOOL_ALWAYS_INLINE float activation_slope(Activation activation, float x, float y) {
  switch (activation) {
    case Activation::kSine:
      return activation_slope<Activation::kSine>(x, y);
    case Activation::kSigmoid:
      return activation_slope<Activation::kSigmoid>(x, y);
    case Activation::kGaussian:
      return activation_slope<Activation::kGaussian>(x, y);
    case Activation::kLinear:
      return activation_slope<Activation::kLinear>(x, y);
    case Activation::kTanh:
      return activation_slope<Activation::kTanh>(x, y);
    case Activation::kRelu:
      break;
  }
  return activation_slope<Activation::kRelu>(x, y);
}

}  // namespace fool
