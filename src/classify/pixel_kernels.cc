#include "classify/pixel_kernels.h"

namespace fool {

extern const PixelKernel kBaselinePixelKernel;
#if defined(__x86_64__)
extern const PixelKernel kAvx2PixelKernel;
extern const PixelKernel kAvx512PixelKernel;
#endif

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
