// The activation of feature visualisation's CPPNs: a unit gives two numbers, the arc tangent of its
// sum and the square of that, both scaled to a variance near 1 (Mordvintsev et al., "Differentiable
// Image Parameterizations", Distill 2018).
#pragma once

#include "fool/core/repro_math.h"

namespace fool {

template <typename Real>
struct Composite {
  Real first;
  Real second;
};

inline constexpr float kCompositeFirst = 1.0F / 0.67F;
inline constexpr float kCompositeSecond = 1.0F / 0.6F;

// Of a float, or of a vector of floats with the same operators.
template <typename Real>
FOOL_ALWAYS_INLINE Composite<Real> composite(Real x) {
  const Real angle = repro::atan_of(x);
  return {angle * kCompositeFirst, (angle * angle) * kCompositeSecond};
}

// The gradient by x, from those by the two numbers.
template <typename Real>
FOOL_ALWAYS_INLINE Real composite_gradient(Real x, Real by_first, Real by_second) {
  const Real angle = repro::atan_of(x);
  const Real by_angle = by_first * kCompositeFirst + by_second * angle * (2.0F * kCompositeSecond);
  return by_angle / (x * x + 1.0F);
}

}  // namespace fool
