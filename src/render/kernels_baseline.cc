#define FOOL_KERNEL_TARGET "baseline"
#include "render/kernels.inl"

namespace fool {

extern const Kernels kBaselineKernels;
const Kernels kBaselineKernels = kThisTarget;

}  // namespace fool
