// Elementary functions made of + - * / and integer operations alone, so that every compiler,
// processor and vector width gives the same bits (the project is built with -ffp-contract=off). The
// float versions are free of branches: a loop over them vectorises.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace fool::repro {

namespace detail {

template <typename To, typename From>
inline To bit_cast(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

}  // namespace detail

// e^x, error below 2 units in the last place; x is clamped to [-87.3, 88.3], the result is never 0
// or infinite.
inline float exp(float x) {
  x = x < -87.3F ? -87.3F : x;
  x = x > 88.3F ? 88.3F : x;
  const float magic = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer
  const float k = (x * 1.44269504F + magic) - magic;
  const float r = (x - k * 0.693359375F) - k * -2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = (p * (r * r) + r) + 1.0F;
  const std::int32_t bits = (static_cast<std::int32_t>(k) + 127) << 23;
  return p * detail::bit_cast<float>(bits);
}

// sin x: absolute error below 2e-7 for |x| <= 8192, growing slowly beyond; always in [-1, 1]. |x|
// is clamped to 1e6, past which neighbouring floats are too far apart for the sine to mean
// anything.
inline float sin(float x) {
  x = x < -1e6F ? -1e6F : x;
  x = x > 1e6F ? 1e6F : x;
  const float magic = 12582912.0F;
  const float k = (x * 0.318309886F + magic) - magic;  // nearest multiple of pi
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
  const std::int32_t odd = static_cast<std::int32_t>(k) & 1;
  return odd != 0 ? -s : s;
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
