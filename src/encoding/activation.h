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

template <Activation kActivation>
FOOL_ALWAYS_INLINE float activate(float x) {
  if constexpr (kActivation == Activation::kSine) {
    return repro::sin(x);
  } else if constexpr (kActivation == Activation::kSigmoid) {
    return 2.0F * (1.0F / (1.0F + repro::exp(-x)) - 0.5F);
  } else if constexpr (kActivation == Activation::kGaussian) {
    return repro::exp(-(x * x));
  } else if constexpr (kActivation == Activation::kTanh) {
    // tanh(5 x), as in the released code: steep, nearly a step.
    return 1.0F - 2.0F / (1.0F + repro::exp(10.0F * x));
  } else {
    // Linear between -3 and 3; the relu is its positive half.
    constexpr float kLow = kActivation == Activation::kLinear ? -3.0F : 0.0F;
    x = x < kLow ? kLow : x;
    x = x > 3.0F ? 3.0F : x;
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
