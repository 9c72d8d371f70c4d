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

// Red, green and blue: bytes, or whole numbers 0..255 of a type that is quicker to compute with.
template <typename Level>
struct BasicRgb {
  Level r = 0;
  Level g = 0;
  Level b = 0;
};
using Rgb = BasicRgb<std::uint8_t>;

namespace detail {

FOOL_ALWAYS_INLINE float min(float a, float b) { return a < b ? a : b; }
FOOL_ALWAYS_INLINE float absolute(float x) { return x < 0.0F ? -x : x; }
FOOL_ALWAYS_INLINE float clamp(float x, float low, float high) {
  return repro::at_most(repro::at_least(x, low), high);
}

}  // namespace detail

// The numbers, 0..255, are R, G, B or H, S, V or H, L, S.
template <ColorSpace kSpace>
FOOL_ALWAYS_INLINE BasicRgb<std::int32_t> to_rgb_levels(int hue_scale, std::int32_t first,
                                                        std::int32_t second, std::int32_t third) {
  if constexpr (kSpace == ColorSpace::kRgb) {
    return {first, second, third};
  } else {
    const std::int32_t product = first * hue_scale;
    std::int32_t hue =
        (product + 1 + (product >> 8)) >> 8;  // product / 255, for products up to 65534
    hue = hue - (hue >= 180 ? 180 : 0);
    const auto h = static_cast<float>(hue);
    const auto b = static_cast<float>(second);
    const auto c = static_cast<float>(third);
    // What a channel lacks of the brightest one is a trapezoid over the circle of hues: red lacks
    // most opposite of its own hue 0, green least around a third of the circle, blue around two
    // thirds. An absolute value makes both flanks. Halves are rounded up.
    if constexpr (kSpace == ColorSpace::kHsv) {
      const float sector = h * (1.0F / 30.0F);  // 0..6
      const float chroma = c * (b * (1.0F / 255.0F));
      const auto channel = [&](float flank) {
        return static_cast<std::int32_t>((c + 0.5F) - chroma * detail::clamp(flank, 0.0F, 1.0F));
      };
      return {channel(2.0F - detail::absolute((sector + 5.0F) - 8.0F)),
              channel(detail::absolute((sector + 3.0F) - 5.0F) - 1.0F),
              channel(detail::absolute((sector + 1.0F) - 5.0F) - 1.0F)};
    } else {
      const float half_sector = h * (1.0F / 15.0F);  // 0..12
      const float amplitude = detail::min(b, 255.0F - b) * (c * (1.0F / 255.0F));
      const auto channel = [&](float flank) {
        return static_cast<std::int32_t>((b + 0.5F) -
                                         amplitude * detail::clamp(flank, -1.0F, 1.0F));
      };
      return {channel(3.0F - detail::absolute(half_sector - 6.0F)),
              channel(detail::absolute(half_sector - 4.0F) - 3.0F),
              channel(detail::absolute(half_sector - 8.0F) - 3.0F)};
    }
  }
}

// The same of bytes.
template <ColorSpace kSpace>
FOOL_ALWAYS_INLINE Rgb to_rgb(int hue_scale, std::uint8_t first, std::uint8_t second,
                              std::uint8_t third) {
  const BasicRgb<std::int32_t> rgb = to_rgb_levels<kSpace>(hue_scale, first, second, third);
  return {static_cast<std::uint8_t>(rgb.r), static_cast<std::uint8_t>(rgb.g),
          static_cast<std::uint8_t>(rgb.b)};
}

// The same, chosen at run time.
Rgb to_rgb(const ColorRule& rule, std::uint8_t first, std::uint8_t second, std::uint8_t third);

// A number as a level 0..255: its absolute value times 255, truncated. |value| <= 1.
FOOL_ALWAYS_INLINE std::int32_t whole_level(float value) {
  return static_cast<std::int32_t>(detail::absolute(value) * 255.0F);
}
FOOL_ALWAYS_INLINE std::uint8_t level(float value) {
  return static_cast<std::uint8_t>(whole_level(value));
}

}  // namespace fool
