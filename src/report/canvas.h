// Boxes and pictures on a canvas: what grids and lineages are made of, with the words of
// lettering.h. Pixels only.
#pragma once

#include <array>
#include <cstdint>

#include "fool/core/image.h"

namespace fool {

using Colour = std::array<std::uint8_t, 3>;  // RGB

inline constexpr Colour kPaper{255, 255, 255};
inline constexpr Colour kInk{40, 40, 40};
inline constexpr Colour kFaint{208, 208, 208};
// Something to notice; told apart by every kind of eye (Okabe and Ito).
inline constexpr Colour kVermilion{213, 94, 0};

struct Box {
  int x = 0, y = 0, width = 0, height = 0;
};

// An RGB canvas of paper.
ImageBatch make_canvas(int width, int height);

// The functions below take RGB canvases; what lies outside of one is left out.

void fill_box(ImageView canvas, const Box& box, Colour colour);

// A line around the box, `thickness` pixels outwards.
void frame_box(ImageView canvas, const Box& box, int thickness, Colour colour);

// Fits a picture, grey or RGB, into the box: enlarged with pixels as squares, reduced by averages
// over areas.
void place_picture(ImageView canvas, ConstImageView picture, const Box& box);

}  // namespace fool
