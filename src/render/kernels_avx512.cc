#if defined(__x86_64__)

#define FOOL_KERNEL_TARGET "avx512"
#include "render/kernels.inl"

namespace fool {

extern const Kernels kAvx512Kernels;
const Kernels kAvx512Kernels = kThisTarget;

}  // namespace fool

#endif
