#include "classify/pixel_kernels.h"

#include <algorithm>
#include <cmath>

namespace fool {

extern const PixelKernel kBaselinePixelKernel;
#if defined(__x86_64__)
extern const PixelKernel kAvx2PixelKernel;
extern const PixelKernel kAvx512PixelKernel;
#endif

void find_inverses(PixelRule& rule) {
  bool exact = true;
  for (std::size_t i = 0; i < PixelRule::kPeriod; ++i) {
    const float deviation = rule.std[i];
    const float inverse = 1.0F / deviation;
    for (int p = 0; p < 256; ++p) {
      const float x = static_cast<float>(p) * rule.scale - rule.mean[i];
      const float quotient = x * inverse;
      exact =
          exact && std::fma(std::fma(-quotient, deviation, x), inverse, quotient) == x / deviation;
    }
    rule.inverse[i] = inverse;
  }
  if (!exact) std::fill_n(rule.inverse, PixelRule::kPeriod, 0.0F);
}

PixelKernel pixel_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    return kAvx512PixelKernel;
  }
  if (__builtin_cpu_supports("avx2")) return kAvx2PixelKernel;
#endif
  return kBaselinePixelKernel;
}

}  // namespace fool
