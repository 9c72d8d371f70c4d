#if defined(__x86_64__)

#define FOOL_KERNEL_TARGET "avx2"
#include "render/kernels.inl"

namespace fool {

extern const Kernels kAvx2Kernels;
const Kernels kAvx2Kernels = kThisTarget;

}  // namespace fool

#endif
