// Three bytes of a genome or a network, read as a colour. The arithmetic is our own, so that a
// picture has the same bits everywhere and the loops vectorise; it agrees with OpenCV's 8-bit
// conversions within one level.
#pragma once

#include <cstdint>

#include "fool/core/repro_math.h"

namespace fool {

enum class ColorSpace { kRgb, kHsv, kHls };

struct ColorRule {
  ColorSpace space = ColorSpace::kHsv;
  // The hue byte b means b * hue_scale / 255 steps of two degrees: at 180 the byte goes round the
  // circle once; at 255, as in the released code, bytes from 180 on wrap and the first 150 degrees
  // are twice as likely.
  int hue_scale = 180;
};

struct Rgb {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
};

namespace detail {

FOOL_ALWAYS_INLINE float min(float a, float b) { return a < b ? a : b; }
FOOL_ALWAYS_INLINE float clamp(float x, float low, float high) {
  x = x < low ? low : x;
  return x > high ? high : x;
}
// To the nearest level, halves up; x is in 0..255 but for rounding.
FOOL_ALWAYS_INLINE std::uint8_t to_byte(float x) {
  return static_cast<std::uint8_t>(static_cast<std::int32_t>(x + 0.5F));
}

// One of R, G, B: a trapezoid over the hue circle of six sectors, beginning `shift` sectors on.
FOOL_ALWAYS_INLINE float hsv_channel(float shift, float sector, float chroma, float value) {
  float k = shift + sector;
  k = k - (k >= 6.0F ? 6.0F : 0.0F);
  return value - chroma * clamp(min(k, 4.0F - k), 0.0F, 1.0F);
}

// The same over twelve half sectors.
FOOL_ALWAYS_INLINE float hls_channel(float shift, float half_sector, float amplitude,
                                     float lightness) {
  float k = shift + half_sector;
  k = k - (k >= 12.0F ? 12.0F : 0.0F);
  return lightness - amplitude * clamp(min(k - 3.0F, 9.0F - k), -1.0F, 1.0F);
}

}  // namespace detail

// The bytes are R, G, B or H, S, V or H, L, S.
template <ColorSpace kSpace>
FOOL_ALWAYS_INLINE Rgb to_rgb(int hue_scale, std::uint8_t first, std::uint8_t second,
                              std::uint8_t third) {
  if constexpr (kSpace == ColorSpace::kRgb) {
    return {first, second, third};
  } else {
    const int product = first * hue_scale;
    int hue = (product + 1 + (product >> 8)) >> 8;  // product / 255, for products up to 65534
    hue = hue - (hue >= 180 ? 180 : 0);
    const auto h = static_cast<float>(hue);
    const auto b = static_cast<float>(second);
    const auto c = static_cast<float>(third);
    if constexpr (kSpace == ColorSpace::kHsv) {
      const float sector = h * (1.0F / 30.0F);
      const float chroma = c * (b * (1.0F / 255.0F));
      return {detail::to_byte(detail::hsv_channel(5.0F, sector, chroma, c)),
              detail::to_byte(detail::hsv_channel(3.0F, sector, chroma, c)),
              detail::to_byte(detail::hsv_channel(1.0F, sector, chroma, c))};
    } else {
      const float half_sector = h * (1.0F / 15.0F);
      const float amplitude = detail::min(b, 255.0F - b) * (c * (1.0F / 255.0F));
      return {detail::to_byte(detail::hls_channel(0.0F, half_sector, amplitude, b)),
              detail::to_byte(detail::hls_channel(8.0F, half_sector, amplitude, b)),
              detail::to_byte(detail::hls_channel(4.0F, half_sector, amplitude, b))};
    }
  }
}

// The same, chosen at run time.
Rgb to_rgb(const ColorRule& rule, std::uint8_t first, std::uint8_t second, std::uint8_t third);

// A number as a byte: its absolute value times 255, truncated. |value| <= 1.
FOOL_ALWAYS_INLINE std::uint8_t level(float value) {
  return static_cast<std::uint8_t>(
      static_cast<std::int32_t>((value < 0.0F ? -value : value) * 255.0F));
}

}  // namespace fool
