// The vectors that inner loops are written in, as wide as the instruction set of the file that
// includes this. Included by the .inl files of the loops, once per instruction set.

#pragma once

#if defined(__AVX2__)
#if !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // of GCC's own "undefined" vectors
#endif
#include <immintrin.h>
#if !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#endif

#include <cstdint>
#include <cstring>

#include "fool/core/repro_math.h"

namespace fool {
namespace {

#if defined(__AVX512F__)
constexpr int kRegisterBytes = 64;
#elif defined(__AVX2__)
constexpr int kRegisterBytes = 32;
#else
constexpr int kRegisterBytes = 16;
#endif

// The floats of one register.
struct Lanes {
  using Floats = float __attribute__((vector_size(kRegisterBytes)));
  using Bits = std::uint32_t __attribute__((vector_size(kRegisterBytes)));
  static constexpr int kCount = kRegisterBytes / 4;

  FOOL_ALWAYS_INLINE Lanes() = default;
  FOOL_ALWAYS_INLINE Lanes(Floats all) : floats(all) {}
  FOOL_ALWAYS_INLINE Lanes(float one) : floats(one - Floats{}) {}

  static FOOL_ALWAYS_INLINE Lanes load(const float* from) {
    Lanes x;
    std::memcpy(&x.floats, from, sizeof(x.floats));
    return x;
  }
  FOOL_ALWAYS_INLINE void store(float* to) const { std::memcpy(to, &floats, sizeof(floats)); }

  friend FOOL_ALWAYS_INLINE Lanes operator-(Lanes a) { return -a.floats; }
  friend FOOL_ALWAYS_INLINE Lanes operator+(Lanes a, Lanes b) { return a.floats + b.floats; }
  friend FOOL_ALWAYS_INLINE Lanes operator-(Lanes a, Lanes b) { return a.floats - b.floats; }
  friend FOOL_ALWAYS_INLINE Lanes operator*(Lanes a, Lanes b) { return a.floats * b.floats; }
  friend FOOL_ALWAYS_INLINE Lanes operator/(Lanes a, Lanes b) { return a.floats / b.floats; }
  friend FOOL_ALWAYS_INLINE Lanes at_least(Lanes x, Lanes low) {
    return x.floats < low.floats ? low.floats : x.floats;
  }
  friend FOOL_ALWAYS_INLINE Lanes at_most(Lanes x, Lanes high) {
    return x.floats > high.floats ? high.floats : x.floats;
  }
  friend FOOL_ALWAYS_INLINE Lanes where_below(Lanes x, Lanes y, Lanes then, Lanes otherwise) {
    return x.floats < y.floats ? then.floats : otherwise.floats;
  }
  friend FOOL_ALWAYS_INLINE Lanes power_of_two(Lanes rounded) {
    return reinterpret_cast<Floats>((reinterpret_cast<Bits>(rounded.floats) + 127U) << 23);
  }
  friend FOOL_ALWAYS_INLINE Lanes negate_if_odd(Lanes x, Lanes rounded) {
    const Bits sign = reinterpret_cast<Bits>(rounded.floats) << 31;
    return reinterpret_cast<Floats>(reinterpret_cast<Bits>(x.floats) ^ sign);
  }

  Floats floats;
};

// Twice as many, operation by operation side by side: a processor that waits for the result of one
// has the other to go on with.
template <typename Half>
struct Two {
  using Part = Half;
  static constexpr int kCount = 2 * Half::kCount;

  FOOL_ALWAYS_INLINE Two(Half x, Half y) : a(x), b(y) {}
  FOOL_ALWAYS_INLINE Two(float one) : a(one), b(one) {}

  static FOOL_ALWAYS_INLINE Two load(const float* from) {
    return {Half::load(from), Half::load(from + Half::kCount)};
  }
  FOOL_ALWAYS_INLINE void store(float* to) const {
    a.store(to);
    b.store(to + Half::kCount);
  }

  friend FOOL_ALWAYS_INLINE Two operator-(Two x) { return {-x.a, -x.b}; }
  friend FOOL_ALWAYS_INLINE Two operator+(Two x, Two y) { return {x.a + y.a, x.b + y.b}; }
  friend FOOL_ALWAYS_INLINE Two operator-(Two x, Two y) { return {x.a - y.a, x.b - y.b}; }
  friend FOOL_ALWAYS_INLINE Two operator*(Two x, Two y) { return {x.a * y.a, x.b * y.b}; }
  friend FOOL_ALWAYS_INLINE Two operator/(Two x, Two y) { return {x.a / y.a, x.b / y.b}; }
  friend FOOL_ALWAYS_INLINE Two at_least(Two x, Two low) {
    return {at_least(x.a, low.a), at_least(x.b, low.b)};
  }
  friend FOOL_ALWAYS_INLINE Two at_most(Two x, Two high) {
    return {at_most(x.a, high.a), at_most(x.b, high.b)};
  }
  friend FOOL_ALWAYS_INLINE Two where_below(Two x, Two y, Two then, Two otherwise) {
    return {where_below(x.a, y.a, then.a, otherwise.a), where_below(x.b, y.b, then.b, otherwise.b)};
  }
  friend FOOL_ALWAYS_INLINE Two power_of_two(Two rounded) {
    return {power_of_two(rounded.a), power_of_two(rounded.b)};
  }
  friend FOOL_ALWAYS_INLINE Two negate_if_odd(Two x, Two rounded) {
    return {negate_if_odd(x.a, rounded.a), negate_if_odd(x.b, rounded.b)};
  }

  Half a, b;
};
using Pack = Two<Two<Lanes>>;

}  // namespace
}  // namespace fool
