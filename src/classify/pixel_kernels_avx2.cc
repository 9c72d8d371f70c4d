#if defined(__x86_64__)

#include "classify/pixel_kernels.inl"

namespace fool {

extern const PixelKernel kAvx2PixelKernel;
const PixelKernel kAvx2PixelKernel = convert_pixels;

}  // namespace fool

#endif
