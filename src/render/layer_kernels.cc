#include "render/layer_kernels.h"

namespace fool {

extern const LayerKernels kBaselineLayerKernels;
#if defined(__x86_64__)
extern const LayerKernels kAvx2LayerKernels;
extern const LayerKernels kAvx512LayerKernels;
#endif

const LayerKernels& layer_kernels(const Kernels& kernels) {
#if defined(__x86_64__)
  for (const LayerKernels* candidate : {&kAvx512LayerKernels, &kAvx2LayerKernels}) {
    if (candidate->target == kernels.target) return *candidate;
  }
#endif
  return kBaselineLayerKernels;
}

}  // namespace fool
