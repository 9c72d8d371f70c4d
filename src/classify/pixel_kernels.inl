// The loop of pixel_kernels.h, included once per instruction set. Nothing here may call a function
// that is not inlined: the linker would keep one copy of it, built for whichever processor.

#include "classify/pixel_kernels.h"
#include "fool/core/repro_math.h"

namespace fool {
namespace {

FOOL_ALWAYS_INLINE float normalise(const PixelRule& rule, std::size_t i, std::uint8_t pixel) {
  return static_cast<float>(pixel) * rule.scale - rule.mean[i];
}

#if defined(__FMA__)
FOOL_ALWAYS_INLINE float divide(const PixelRule& rule, std::size_t i, float x) {
  const float quotient = x * rule.inverse[i];
  return __builtin_fmaf(__builtin_fmaf(-quotient, rule.std[i], x), rule.inverse[i], quotient);
}
#endif

template <bool kSwap, bool kInverse>
FOOL_ALWAYS_INLINE void convert_period(const PixelRule& rule, const std::uint8_t* in,
                                       float* __restrict out) {
  constexpr std::size_t kPeriod = PixelRule::kPeriod;
  alignas(64) std::uint8_t pixels[kPeriod];
  if constexpr (kSwap) {
    for (std::size_t i = 0; i < kPeriod; i += 3) {
      pixels[i] = in[i + 2];
      pixels[i + 1] = in[i + 1];
      pixels[i + 2] = in[i];
    }
  } else {
    for (std::size_t i = 0; i < kPeriod; ++i) pixels[i] = in[i];
  }
  for (std::size_t i = 0; i < kPeriod; ++i) {
    const float x = normalise(rule, i, pixels[i]);
#if defined(__FMA__)
    out[i] = kInverse ? divide(rule, i, x) : x / rule.std[i];
#else
    out[i] = x / rule.std[i];
#endif
  }
}

template <bool kSwap, bool kInverse>
void convert(const PixelRule& rule, const std::uint8_t* in, float* __restrict out, std::size_t n) {
  constexpr std::size_t kPeriod = PixelRule::kPeriod;
  std::size_t begin = 0;
  for (; begin + kPeriod <= n; begin += kPeriod) {
    convert_period<kSwap, kInverse>(rule, in + begin, out + begin);
  }
  if (begin == n) return;
  std::uint8_t pixels[kPeriod] = {};
  float numbers[kPeriod];
  for (std::size_t i = begin; i < n; ++i) pixels[i - begin] = in[i];
  convert_period<kSwap, kInverse>(rule, pixels, numbers);
  for (std::size_t i = begin; i < n; ++i) out[i] = numbers[i - begin];
}

void convert_pixels(const PixelRule& rule, const std::uint8_t* in, float* out, std::size_t n) {
  const bool inverse = rule.inverse[0] != 0.0F;
  if (rule.swaps_red_and_blue) {
    inverse ? convert<true, true>(rule, in, out, n) : convert<true, false>(rule, in, out, n);
  } else {
    inverse ? convert<false, true>(rule, in, out, n) : convert<false, false>(rule, in, out, n);
  }
}

}  // namespace
}  // namespace fool
