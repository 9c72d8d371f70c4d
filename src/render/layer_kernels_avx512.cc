#if defined(__x86_64__)

#define FOOL_KERNEL_TARGET "avx512"
#include "render/layer_kernels.inl"

namespace fool {

extern const LayerKernels kAvx512LayerKernels;
const LayerKernels kAvx512LayerKernels = kThisTarget;

}  // namespace fool

#endif
