// CPPNs as large as evolution makes them. Without selection most of a CPPN's nodes lose touch with
// its outputs or with the coordinates; with it they do not. So a stand-in for selection: whatever
// makes the drawing simpler is rejected.
#pragma once

#include <algorithm>

#include "encoding/cppn.h"
#include "render/cppn_plan.h"

namespace fool {

inline int pixel_nodes(const CppnProgram& program) {
  const CppnPlan plan = plan_cppn(program);
  return static_cast<int>(
      std::count(plan.extent.begin() + CppnGraph::kInputs, plan.extent.end(), Extent::kPixel));
}

// A descendant in which at least `wanted` nodes have to be computed for every pixel.
inline GenomePtr grown_cppn(const CppnEncoding& encoding, std::uint64_t seed, int wanted) {
  GenomePtr genome = encoding.random({seed, 0, 0});
  int size = pixel_nodes(encoding.compile(*genome));
  for (std::uint32_t g = 1; size < wanted; ++g) {
    GenomePtr child = encoding.vary({&genome, 1}, {seed, g, 0});
    const int child_size = pixel_nodes(encoding.compile(*child));
    if (child_size >= size) {
      genome = std::move(child);
      size = child_size;
    }
  }
  return genome;
}

}  // namespace fool
