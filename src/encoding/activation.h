// What a node of a CPPN does to the weighted sum of its inputs. All results are in [-1, 1].
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "fool/core/repro_math.h"

namespace fool {

// The values are part of the binary genome format.
enum class Activation : unsigned char { kSine, kSigmoid, kGaussian, kLinear, kTanh, kRelu };
inline constexpr int kActivationCount = 6;

std::string_view activation_name(Activation activation);
std::optional<Activation> find_activation(std::string_view name);
std::vector<Activation> all_activations();

// How large a sum may be so that activate<..., kSmallSum> gives the same bits as the full
// activation does; 0 where there is nothing to save.
constexpr double small_sum(Activation activation) {
  switch (activation) {
    case Activation::kSine:
      return 1e6;
    case Activation::kSigmoid:
      return 87;
    case Activation::kGaussian:
      return 9.3;  // its square is 86.5
    case Activation::kTanh:
      return 8.7;
    case Activation::kLinear:
    case Activation::kRelu:
      break;
  }
  return 3;
}

enum class SumSize { kAny, kSmall };

// Of a float, or of a vector of floats with the same operators. kSmall leaves out the clamping that
// small sums do not need.
template <Activation kActivation, SumSize kSize = SumSize::kAny, typename Real>
FOOL_ALWAYS_INLINE Real activate(Real x) {
  using repro::at_least;
  using repro::at_most;
  constexpr bool kSmall = kSize == SumSize::kSmall;
  const auto exp = [](Real y) { return kSmall ? repro::exp_within(y) : repro::exp_clamped(y); };
  if constexpr (kActivation == Activation::kSine) {
    return kSmall ? repro::sin_within(x) : repro::sin_clamped(x);
  } else if constexpr (kActivation == Activation::kSigmoid) {
    return 2.0F / (exp(-x) + 1.0F) - 1.0F;
  } else if constexpr (kActivation == Activation::kGaussian) {
    x = -(x * x);
    return repro::exp_within(kSmall ? x : at_least(x, Real(-87.3F)));
  } else if constexpr (kActivation == Activation::kTanh) {
    // tanh(5 x), as in the released code: steep, nearly a step.
    return 1.0F - 2.0F / (exp(x * 10.0F) + 1.0F);
  } else {
    // Linear between -3 and 3; the relu is its positive half.
    if constexpr (kActivation == Activation::kRelu) {
      x = at_least(x, Real(0.0F));
    } else if constexpr (!kSmall) {
      x = at_least(x, Real(-3.0F));
    }
    if constexpr (!kSmall) x = at_most(x, Real(3.0F));
    return x * (1.0F / 3.0F);
  }
}

// The same, chosen at run time.
FOOL_ALWAYS_INLINE float activate(Activation activation, float x) {
  switch (activation) {
    case Activation::kSine:
      return activate<Activation::kSine>(x);
    case Activation::kSigmoid:
      return activate<Activation::kSigmoid>(x);
    case Activation::kGaussian:
      return activate<Activation::kGaussian>(x);
    case Activation::kLinear:
      return activate<Activation::kLinear>(x);
    case Activation::kTanh:
      return activate<Activation::kTanh>(x);
    case Activation::kRelu:
      break;
  }
  return activate<Activation::kRelu>(x);
}

}  // namespace fool
