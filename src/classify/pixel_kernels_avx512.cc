#if defined(__x86_64__)

#include "classify/pixel_kernels.inl"

namespace fool {

extern const PixelKernel kAvx512PixelKernel;
const PixelKernel kAvx512PixelKernel = convert_pixels;

}  // namespace fool

#endif
