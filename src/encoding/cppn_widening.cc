#include "encoding/cppn_widening.h"

#include <algorithm>
#include <cmath>

namespace fool {
namespace {

// Measured with memetic on SqueezeNet 1.1: how many climbs reach a confidence of .9.
constexpr int kUnits = 24;  // of a layer; 16: fewer, 32: no more
constexpr double kFirstScale = 4.5;
constexpr double kSecondScale = 2.5;  // 1.5: fewer

}  // namespace

CppnGraph widen(CppnGraph graph, double weight_range, RngStream rng) {
  const int first = graph.nodes();
  const int second = first + kUnits;
  graph.activations.insert(graph.activations.end(), 2 * kUnits, Activation::kSine);
  const auto join = [&](int source, int sources, int target, double scale) {
    for (int i = 0; i < sources; ++i) {
      const double weight = scale * rng.normal() / std::sqrt(static_cast<double>(sources));
      graph.edges.push_back({source + i, target,
                             static_cast<float>(std::clamp(weight, -weight_range, weight_range))});
    }
  };
  for (int unit = 0; unit < kUnits; ++unit) join(0, CppnGraph::kInputs, first + unit, kFirstScale);
  for (int unit = 0; unit < kUnits; ++unit) join(first, kUnits, second + unit, kSecondScale);
  for (int unit = 0; unit < kUnits; ++unit) {
    for (int output = 0; output < graph.outputs; ++output) {
      graph.edges.push_back({second + unit, CppnGraph::kInputs + output, 0.0F});
    }
  }
  return graph;
}

}  // namespace fool
