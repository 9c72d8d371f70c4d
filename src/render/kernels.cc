#include "render/kernels.h"

namespace fool {

extern const Kernels kBaselineKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
#endif

std::vector<const Kernels*> available_kernels() {
  std::vector<const Kernels*> result;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    result.push_back(&kAvx512Kernels);
  }
  if (__builtin_cpu_supports("avx2")) result.push_back(&kAvx2Kernels);
#endif
  result.push_back(&kBaselineKernels);
  return result;
}

}  // namespace fool
