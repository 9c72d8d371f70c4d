// Which element does a picture repeat, and where? For the paper's figure 10, where copies of a
// repeated element were removed by hand: here they are found.
#pragma once

#include <string>
#include <vector>

#include "fool/core/image.h"

namespace fool {

// One copy: the pixels that belong to it, row by row: y * width + x.
using CopyPixels = std::vector<int>;

struct Repetition {
  // "components": separate shapes of one size and form on a background; "tiles": a picture that is
  // much like itself when it is shifted; empty: nothing is repeated.
  std::string method;
  std::vector<CopyPixels> copies;    // the one that is nearest to the centre last
  std::vector<int> period;           // of tiles: {dx, dy} in pixels, 0 where it does not repeat
  std::vector<std::uint8_t> colour;  // [C], of the background: what copies are filled with

  bool found() const { return copies.size() > 1; }
};

struct RepetitionLimits {
  double least_area = 0.002;   // of the picture, of a shape
  double least_family = 0.02;  // of the picture, of all copies of a shape together
  double alike = 0.5;          // how much two shapes must overlap when one is laid on the other
  double periodic = 0.5;       // least correlation of the picture with itself, shifted
  int least_copies = 3;
  int most_copies = 64;  // what is repeated more often is texture
};

// Deterministic. picture: grey or RGB.
Repetition find_repetition(ConstImageView picture, const RepetitionLimits& limits = {});

// The pictures with the first 0, 1, ..., n - 1 of the n copies filled with the background: one copy
// is always left.
ImageBatch remove_copies(ConstImageView picture, const Repetition& repetition);

}  // namespace fool
