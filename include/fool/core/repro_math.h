// Elementary functions made of + - * / and integer operations alone, so that every compiler,
// processor and vector width gives the same bits (the project is built with -ffp-contract=off). The
// float versions are free of branches: a loop over them vectorises.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

// For functions that are compiled into several instruction sets of one program: a copy of them
// outside of their callers could be built for another processor than the one that runs it.
#define FOOL_ALWAYS_INLINE inline __attribute__((always_inline))

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

// e^x, error below 2 units in the last place; x is clamped to [-87.3, 88.3], the result is never 0
// or infinite.
FOOL_ALWAYS_INLINE float exp(float x) {
  x = x < -87.3F ? -87.3F : x;
  x = x > 88.3F ? 88.3F : x;
  const float rounded = x * 1.44269504F + detail::kRoundToInteger;
  const float k = rounded - detail::kRoundToInteger;
  const float r =
      (x - k * 0.693359375F) - k * -2.12194440e-4F;  // |r| <= ln(2)/2, a little more by rounding
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = (p * (r * r) + r) + 1.0F;
  const std::uint32_t exponent = (detail::bit_cast<std::uint32_t>(rounded) + 127U) << 23;
  return p * detail::bit_cast<float>(exponent);
}

// sin x, always in [-1, 1]: absolute error below 2e-7 for |x| <= 8192, below 2e-6 up to 2e5, below
// 0.04 up to 1e6, where |x| is clamped: there, neighbouring floats are 0.06 apart.
FOOL_ALWAYS_INLINE float sin(float x) {
  x = x < -1e6F ? -1e6F : x;
  x = x > 1e6F ? 1e6F : x;
  const float rounded = x * 0.318309886F + detail::kRoundToInteger;
  const float k = rounded - detail::kRoundToInteger;  // nearest multiple of pi
  // pi in three parts of few bits, so that k times a part is exact.
  float r = x - k * 3.140625F;
  r = r - k * 9.67502593994140625e-4F;
  r = r - k * 1.509957990978376432e-7F;
  const float r2 = r * r;
  float p = 2.6083159809786593541503e-6F;
  p = p * r2 + -1.981069071916863322258e-4F;
  p = p * r2 + 8.33307858556509017944336e-3F;
  p = p * r2 + -1.66666597127914428710938e-1F;
  float s = p * (r2 * r) + r;
  s = s > 1.0F ? 1.0F : s;
  s = s < -1.0F ? -1.0F : s;
  // An odd multiple of pi changes the sign.
  const std::uint32_t sign = detail::bit_cast<std::uint32_t>(rounded) << 31;
  return detail::bit_cast<float>(detail::bit_cast<std::uint32_t>(s) ^ sign);
}

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
