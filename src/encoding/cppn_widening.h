// More nodes for a CPPN whose weights shall follow a gradient: an evolved graph has a few dozen
// weights, with which few classes can be reached.
#pragma once

#include "encoding/cppn_graph.h"
#include "fool/core/rng.h"

namespace fool {

// From this many edges on, a graph is wide enough.
inline constexpr std::size_t kWideEdges = 150;

// The same picture by a graph with two layers of sine nodes more, after SIREN (Sitzmann et al.
// 2020): the inputs lead to the first with random weights, that to the second, and the second to
// the outputs with weights of zero (function-preserving growth, as in Net2Net, Chen et al. 2016).
// Weights are within [-weight_range, weight_range].
CppnGraph widen(CppnGraph graph, double weight_range, RngStream rng);

}  // namespace fool
