#include "classify/pixel_kernels.inl"

namespace fool {

extern const PixelKernel kBaselinePixelKernel;
const PixelKernel kBaselinePixelKernel = convert_pixels;

}  // namespace fool
