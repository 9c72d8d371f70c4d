// The loop of pixel_kernels.h, included once per instruction set. Nothing here may call a function
// that is not inlined: the linker would keep one copy of it, built for whichever processor.

#include "classify/pixel_kernels.h"

namespace fool {
namespace {

template <bool kSwap>
void convert(const PixelRule& rule, const std::uint8_t* in, float* __restrict out, std::size_t n) {
  constexpr std::size_t kPeriod = PixelRule::kPeriod;
  for (std::size_t begin = 0; begin < n; begin += kPeriod) {
    const std::size_t count = n - begin < kPeriod ? n - begin : kPeriod;
    alignas(64) std::uint8_t pixels[kPeriod] = {};
    for (std::size_t i = 0; i < count; ++i) pixels[i] = in[begin + i];
    alignas(64) std::uint8_t swapped[kPeriod];
    if constexpr (kSwap) {
      for (std::size_t i = 0; i < kPeriod; i += 3) {
        swapped[i] = pixels[i + 2];
        swapped[i + 1] = pixels[i + 1];
        swapped[i + 2] = pixels[i];
      }
    }
    const std::uint8_t* from = kSwap ? swapped : pixels;
    alignas(64) float numbers[kPeriod];
    for (std::size_t i = 0; i < kPeriod; ++i) {
      numbers[i] = (static_cast<float>(from[i]) * rule.scale - rule.mean[i]) / rule.std[i];
    }
    for (std::size_t i = 0; i < count; ++i) out[begin + i] = numbers[i];
  }
}

void convert_pixels(const PixelRule& rule, const std::uint8_t* in, float* out, std::size_t n) {
  if (rule.swaps_red_and_blue) {
    convert<true>(rule, in, out, n);
  } else {
    convert<false>(rule, in, out, n);
  }
}

}  // namespace
}  // namespace fool
