// The loops of peak.h, included once per instruction set by peak_*.cc.

#include "benchmarks/peak.h"

namespace fool {
namespace {

#if defined(__AVX512F__)
constexpr int kBytes = 64;
#elif defined(__AVX2__)
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif
using Vector = float __attribute__((vector_size(kBytes)));

// The compiler must think that the value is used and changed here.
__attribute__((always_inline)) inline void opaque(Vector& v) {
#if defined(__x86_64__)
  asm volatile("" : "+x"(v));
#else
  asm volatile("" : "+w"(v));
#endif
}

// Chains enough to hide the latency of their operations, in registers by their names.
template <typename First, typename Second>
__attribute__((always_inline)) inline int run(int rounds, First first, Second second) {
  Vector factor = Vector{} + 1.0000001F;
  opaque(factor);
  Vector a = factor, b = factor, c = factor, d = factor, e = factor, f = factor;
  Vector g = factor, h = factor, i = factor, j = factor, k = factor, l = factor;
  for (int round = 0; round < rounds; ++round) {
    a = first(a, factor), g = second(g, factor), b = first(b, factor), h = second(h, factor);
    c = first(c, factor), i = second(i, factor), d = first(d, factor), j = second(j, factor);
    e = first(e, factor), k = second(k, factor), f = first(f, factor), l = second(l, factor);
    opaque(a), opaque(b), opaque(c), opaque(d);
    opaque(e), opaque(f), opaque(g), opaque(h);
    opaque(i), opaque(j), opaque(k), opaque(l);
  }
  return kBytes / 4;
}

int multiply_and_add(int rounds) {
  return run(
      rounds, [](Vector x, Vector y) { return x * y; }, [](Vector x, Vector y) { return x + y; });
}

int divide(int rounds) {
  const auto quotient = [](Vector x, Vector y) { return y / x; };
  return run(rounds, quotient, quotient);
}

constexpr Peak kThisPeak = {multiply_and_add, divide};

}  // namespace
}  // namespace fool
