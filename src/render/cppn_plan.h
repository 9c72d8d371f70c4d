// How a CPPN is evaluated tile by tile: what needs to be computed only once for an image, and where
// the values of a tile are kept.
#pragma once

#include <vector>

#include "encoding/cppn_program.h"

namespace fool {

// What a value depends on. Many hidden nodes of evolved CPPNs see only one coordinate: such a node
// has one value per column (or row) rather than one per pixel, and one that sees none has a single
// value.
enum class Extent { kConstant, kColumn, kRow, kPixel };

struct CppnPlan {
  std::vector<Extent> extent;  // of each value of the program
  std::vector<SumSize> sum;  // of each node: how large the sum that it is computed from may become

  // Row values that pixels need beside them in a tile.
  std::vector<bool> spread;

  // Where each pixel value is kept: one of `slots` rows, reused once nobody needs its value any
  // more. -1 for others.
  std::vector<int> slot;
  int slots = 0;
};

// x and y are in [-largest, largest].
CppnPlan plan_cppn(const CppnProgram& program, double largest = 1);

}  // namespace fool
