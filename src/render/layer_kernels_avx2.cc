#if defined(__x86_64__)

#define FOOL_KERNEL_TARGET "avx2"
#include "render/layer_kernels.inl"

namespace fool {

extern const LayerKernels kAvx2LayerKernels;
const LayerKernels kAvx2LayerKernels = kThisTarget;

}  // namespace fool

#endif
