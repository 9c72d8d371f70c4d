// The vector-Jacobian product of a colour rule (color.h), for encodings that are differentiated:
// from the gradient by a pixel's red, green and blue to that by the three numbers that were read as
// a colour. Rounding counts as the identity; at the kinks it is the slope of one side.
#pragma once

#include "encoding/color.h"

namespace fool {

// By R, G, B or H, S, V or H, L, S.
template <typename Real>
struct ColorGradient {
  Real first;
  Real second;
  Real third;
};

namespace detail {

// What a channel's flank (see to_rgb_levels) is at a distance from the hue where it turns, and how
// it goes with the hue: up, 1, or down, -1, and not at all where it is clamped.
template <typename Real>
struct Flank {
  Real height;
  Real slope;
};

// sign * (|distance| - offset), clamped to [low, 1].
template <typename Real>
FOOL_ALWAYS_INLINE Flank<Real> flank_of(Real distance, float sign, float offset, float low) {
  using repro::at_least;
  using repro::at_most;
  using repro::where_below;
  const Real height = (at_least(distance, -distance) - offset) * sign;
  const Real side = where_below(distance, Real(0.0F), Real(-sign), Real(sign));
  const Real in_range =
      where_below(height, Real(low), Real(0.0F), where_below(height, Real(1.0F), side, Real(0.0F)));
  return {at_most(at_least(height, Real(low)), Real(1.0F)), in_range};
}

}  // namespace detail

// first, second, third: the numbers, 0..255, that a pixel's bytes were rounded from. red, green,
// blue: the gradient by the pixel's levels.
template <ColorSpace kSpace, typename Real>
FOOL_ALWAYS_INLINE ColorGradient<Real> color_gradient(int hue_scale, Real first, Real second,
                                                      Real third, Real red, Real green, Real blue) {
  using repro::at_most;
  using repro::where_below;
  if constexpr (kSpace == ColorSpace::kRgb) {
    return {red, green, blue};
  } else {
    constexpr float kPerLevel = 1.0F / 255.0F;
    const float hue_of_level = static_cast<float>(hue_scale) * kPerLevel;
    const Real turned = first * hue_of_level;
    const Real hue = where_below(turned, Real(180.0F), turned, turned - 180.0F);
    if constexpr (kSpace == ColorSpace::kHsv) {
      const Real sector = hue * (1.0F / 30.0F);
      const detail::Flank<Real> r = detail::flank_of(sector - 3.0F, -1.0F, 2.0F, 0.0F);
      const detail::Flank<Real> g = detail::flank_of(sector - 2.0F, 1.0F, 1.0F, 0.0F);
      const detail::Flank<Real> b = detail::flank_of(sector - 4.0F, 1.0F, 1.0F, 0.0F);
      // A channel is value - chroma * height, chroma = value * saturation / 255.
      const Real by_chroma = -(red * r.height + green * g.height + blue * b.height);
      const Real by_sector = -(red * r.slope + green * g.slope + blue * b.slope);
      const Real saturation = second * kPerLevel;
      const Real value = third * kPerLevel;
      return {(by_sector * (third * saturation)) * (hue_of_level * (1.0F / 30.0F)),
              by_chroma * value, (red + green + blue) + by_chroma * saturation};
    } else {
      const Real half_sector = hue * (1.0F / 15.0F);
      const detail::Flank<Real> r = detail::flank_of(half_sector - 6.0F, -1.0F, 3.0F, -1.0F);
      const detail::Flank<Real> g = detail::flank_of(half_sector - 4.0F, 1.0F, 3.0F, -1.0F);
      const detail::Flank<Real> b = detail::flank_of(half_sector - 8.0F, 1.0F, 3.0F, -1.0F);
      // A channel is lightness - amplitude * height, where the amplitude is what the lightness is
      // away from black or white, times saturation / 255.
      const Real by_amplitude = -(red * r.height + green * g.height + blue * b.height);
      const Real by_sector = -(red * r.slope + green * g.slope + blue * b.slope);
      const Real saturation = third * kPerLevel;
      const Real room = at_most(second, 255.0F - second);
      const Real towards = where_below(second, Real(127.5F), saturation, -saturation);
      return {(by_sector * (room * saturation)) * (hue_of_level * (1.0F / 15.0F)),
              (red + green + blue) + by_amplitude * towards, by_amplitude * (room * kPerLevel)};
    }
  }
}

// The same of one pixel, chosen at run time.
ColorGradient<float> color_gradient(const ColorRule& rule, const float* numbers, const float* rgb);

}  // namespace fool
