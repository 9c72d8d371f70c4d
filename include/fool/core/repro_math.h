// Elementary functions made of + - * / and integer operations alone, so that every compiler,
// processor and vector width gives the same bits (the project is built with -ffp-contract=off). The
// float versions are free of branches: a loop over them vectorises.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

// For functions that are compiled for graphics processors, too.
#ifdef __CUDACC__
#define FOOL_HOST_DEVICE __host__ __device__
#else
#define FOOL_HOST_DEVICE
#endif

// For functions that are compiled into several instruction sets of one program: a copy of them
// outside of their callers could be built for another processor than the one that runs it.
#define FOOL_ALWAYS_INLINE FOOL_HOST_DEVICE inline __attribute__((always_inline))

namespace fool::repro {

namespace detail {

template <typename To, typename From>
FOOL_ALWAYS_INLINE To bit_cast(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

// Adding it to a float below 2^22 in size rounds that to an integer, which is then in the low bits
// of the sum.
inline constexpr float kRoundToInteger = 12582912.0F;  // 1.5 * 2^23

}  // namespace detail

// What the functions below do to numbers beside + - * /; for float here, and for the vectors of
// a renderer beside their type.
FOOL_ALWAYS_INLINE float at_least(float x, float low) { return x < low ? low : x; }
FOOL_ALWAYS_INLINE float at_most(float x, float high) { return x > high ? high : x; }

// `then` where x is below y.
FOOL_ALWAYS_INLINE float where_below(float x, float y, float then, float otherwise) {
  return x < y ? then : otherwise;
}

// 2^k of a k that kRoundToInteger was added to.
FOOL_ALWAYS_INLINE float power_of_two(float rounded) {
  return detail::bit_cast<float>((detail::bit_cast<std::uint32_t>(rounded) + 127U) << 23);
}

// x, negated if the k that kRoundToInteger was added to is odd.
FOOL_ALWAYS_INLINE float negate_if_odd(float x, float rounded) {
  const std::uint32_t sign = detail::bit_cast<std::uint32_t>(rounded) << 31;
  return detail::bit_cast<float>(detail::bit_cast<std::uint32_t>(x) ^ sign);
}

// exp of numbers from -87.3 to 88.3.
template <typename Real>
FOOL_ALWAYS_INLINE Real exp_within(Real x) {
  const Real rounded = x * 1.44269504F + detail::kRoundToInteger;
  const Real k = rounded - detail::kRoundToInteger;
  const Real r =
      (x - k * 0.693359375F) - k * -2.12194440e-4F;  // |r| <= ln(2)/2, a little more by rounding
  Real p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = (p * (r * r) + r) + 1.0F;
  return p * power_of_two(rounded);
}

// e^x, error below 2 units in the last place; x is clamped to [-87.3, 88.3], the result is never 0
// or infinite.
template <typename Real>
FOOL_ALWAYS_INLINE Real exp_clamped(Real x) {
  return exp_within(at_most(at_least(x, Real(-87.3F)), Real(88.3F)));
}
FOOL_ALWAYS_INLINE float exp(float x) { return exp_clamped(x); }

// sin of numbers from -1e6 to 1e6.
template <typename Real>
FOOL_ALWAYS_INLINE Real sin_within(Real x) {
  const Real rounded = x * 0.318309886F + detail::kRoundToInteger;
  const Real k = rounded - detail::kRoundToInteger;  // nearest multiple of pi
  // pi in three parts of few bits, so that k times a part is exact.
  Real r = x - k * 3.140625F;
  r = r - k * 9.67502593994140625e-4F;
  r = r - k * 1.509957990978376432e-7F;
  const Real r2 = r * r;
  Real p = r2 * 2.6083159809786593541503e-6F + -1.981069071916863322258e-4F;
  p = p * r2 + 8.33307858556509017944336e-3F;
  p = p * r2 + -1.66666597127914428710938e-1F;
  // An odd multiple of pi changes the sign. The polynomial stays within [-1, 1] for all these x.
  return negate_if_odd(p * (r2 * r) + r, rounded);
}

// sin x, always in [-1, 1]: absolute error below 2e-7 for |x| <= 8192, below 2e-6 up to 2e5, below
// 0.04 up to 1e6, where |x| is clamped: there, neighbouring floats are 0.06 apart.
template <typename Real>
FOOL_ALWAYS_INLINE Real sin_clamped(Real x) {
  return sin_within(at_most(at_least(x, Real(-1e6F)), Real(1e6F)));
}
FOOL_ALWAYS_INLINE float sin(float x) { return sin_clamped(x); }

// cos of numbers from -1e6 to 1e6, always in [-1, 1]: the sine a quarter turn further, so that to
// its error (for |x| <= 8190, 3e-7) comes half the distance between the floats near x.
template <typename Real>
FOOL_ALWAYS_INLINE Real cos_within(Real x) {
  return sin_within(x + 1.57079633F);
}

// The angle whose tangent is x, absolute error below 3e-7; odd to the last bit. The polynomial is
// Abramowitz and Stegun's 4.4.49.
template <typename Real>
FOOL_ALWAYS_INLINE Real atan_of(Real x) {
  // Beyond 1 it is what the angle of 1/x lacks of a quarter turn.
  const Real clamped = at_most(at_least(x, Real(-1.0F)), Real(1.0F));
  const Real size = at_least(x, -x);
  const Real t = clamped / at_least(size, Real(1.0F));
  const Real t2 = t * t;
  Real p = t2 * 2.8662257e-3F + -1.61657367e-2F;
  p = p * t2 + 4.29096138e-2F;
  p = p * t2 + -7.52896400e-2F;
  p = p * t2 + 1.065626393e-1F;
  p = p * t2 + -1.420889944e-1F;
  p = p * t2 + 1.999355085e-1F;
  p = p * t2 + -3.333314528e-1F;
  const Real angle = p * (t2 * t) + t;
  return where_below(size, Real(1.0F), angle, clamped * 1.57079633F - angle);
}
FOOL_ALWAYS_INLINE float atan(float x) { return atan_of(x); }

// Natural logarithm of a positive finite number, relative error below 1e-14.
double log(double x);

// e^x, relative error below 1e-14; 0 below -745, infinite above 709.8.
double exp(double x);

// x^y for x >= 0; 0^y is 0 for y > 0.
double pow(double x, double y);

// cos x and sin x for |x| <= 1e6, absolute error below 1e-14.
double cos(double x);
double sin(double x);

}  // namespace fool::repro
