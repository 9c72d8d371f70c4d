#define FOOL_KERNEL_TARGET "baseline"
#include "render/layer_kernels.inl"

namespace fool {

extern const LayerKernels kBaselineLayerKernels;
const LayerKernels kBaselineLayerKernels = kThisTarget;

}  // namespace fool
