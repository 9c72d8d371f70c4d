// Words on pictures, in OpenCV's letters.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "fool/core/image.h"

namespace fool {

enum class Align { kLeft, kCentre, kRight };

struct Lettering {
  int x = 0;          // of the box that the words stay in
  int baseline = 0;   // y
  int width = 0;      // of the box: what does not fit is cut, and ends with dots
  double height = 0;  // of capitals, in pixels
  Align align = Align::kLeft;
  std::array<std::uint8_t, 3> ink{40, 40, 40};
};

// Writes ASCII (other characters become '?') on an RGB image, parts outside it left out.
void write_words(ImageView image, const std::string& text, const Lettering& lettering);

}  // namespace fool
