// From pixels to a network's input numbers, compiled for several instruction sets from the one
// source pixel_kernels.inl. All of them give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fool {

// What becomes of a pixel value p in each of 48 places, after which channels and vectors are in
// step again: (p * scale - mean[i]) / std[i].
struct PixelRule {
  static constexpr std::size_t kPeriod = 48;
  bool swaps_red_and_blue = false;
  float scale = 1.0F;
  float mean[kPeriod] = {};
  float std[kPeriod] = {};
  // 1 / std, where the quotients of all pixel values can be had from that without a division: see
  // find_inverses(). Otherwise 0 in all places.
  float inverse[kPeriod] = {};
};

// Sets rule.inverse. A product with the rounded inverse, corrected once by what is left over, is
// the rounded quotient but for rare cases (Markstein 1990); here all 256 values are tried.
// Processors without a fused multiply-add divide.
void find_inverses(PixelRule& rule);

// out[i] for in[i], i < n; in whole pixels.
using PixelKernel = void (*)(const PixelRule& rule, const std::uint8_t* in, float* out,
                             std::size_t n);

// The fastest that this processor can run.
PixelKernel pixel_kernel();

}  // namespace fool
