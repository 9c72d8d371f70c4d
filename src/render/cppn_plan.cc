#include "render/cppn_plan.h"

#include <array>
#include <cmath>

#include "encoding/cppn_coordinates.h"

namespace fool {
namespace {

Extent join(Extent a, Extent b) {
  if (a == b || b == Extent::kConstant) return a;
  return a == Extent::kConstant ? b : Extent::kPixel;
}

// No sum can become larger than its terms' sizes added up, but for roundings.
std::vector<SumSize> sum_sizes(const CppnProgram& program, double largest) {
  constexpr double kLargestDistance = 1.4143;
  constexpr double kRounding = 1e-7;  // of an edge's product and sum, more than it is
  const std::array<double, CppnGraph::kInputs> inputs = {largest, largest, kLargestDistance,
                                                         CppnCoordinates::kBias};
  std::vector<SumSize> result;
  for (const CppnProgram::Node& node : program.nodes) {
    double sum = 0;
    for (int e = node.first_edge; e < node.last_edge; ++e) {
      const CppnProgram::Edge& edge = program.edges[static_cast<std::size_t>(e)];
      const bool is_input = edge.source < CppnGraph::kInputs;
      sum += std::fabs(static_cast<double>(edge.weight)) *
             (is_input ? inputs[static_cast<std::size_t>(edge.source)] : 1.0);
    }
    sum *= 1 + kRounding * (node.last_edge - node.first_edge);
    result.push_back(sum < small_sum(node.activation) ? SumSize::kSmall : SumSize::kAny);
  }
  return result;
}

}  // namespace

CppnPlan plan_cppn(const CppnProgram& program, double largest) {
  const std::size_t count = program.values();
  const auto at = [](int value) { return static_cast<std::size_t>(value); };
  CppnPlan plan;
  plan.sum = sum_sizes(program, largest);
  plan.extent = {Extent::kColumn, Extent::kRow, Extent::kPixel,
                 Extent::kConstant};  // x, y, d, bias
  plan.spread.resize(count);
  std::vector<std::size_t> last_use(
      count);  // the value whose computation is the last to read this one
  for (std::size_t value = CppnGraph::kInputs; value < count; ++value) {
    const CppnProgram::Node& node = program.nodes[value - CppnGraph::kInputs];
    Extent extent = Extent::kConstant;
    for (int e = node.first_edge; e < node.last_edge; ++e) {
      extent = join(extent, plan.extent[at(program.edges[at(e)].source)]);
    }
    plan.extent.push_back(extent);
    for (int e = node.first_edge; e < node.last_edge; ++e) {
      const std::size_t source = at(program.edges[at(e)].source);
      last_use[source] = value;
      if (extent == Extent::kPixel && plan.extent[source] == Extent::kRow)
        plan.spread[source] = true;
    }
  }
  for (const int output : program.outputs) {
    last_use[at(output)] = count;
    if (plan.extent[at(output)] == Extent::kRow) plan.spread[at(output)] = true;
  }

  plan.slot.assign(count, -1);
  std::vector<int> free;
  const auto take = [&](std::size_t value) {
    if (free.empty()) free.push_back(plan.slots++);
    plan.slot[value] = free.back();
    free.pop_back();
  };
  for (std::size_t value = 0; value < count; ++value) {
    if (plan.extent[value] != Extent::kPixel) continue;
    take(value);
    if (value < CppnGraph::kInputs) continue;
    // Only now, as a node may not be computed in the place of one of its sources.
    const CppnProgram::Node& node = program.nodes[value - CppnGraph::kInputs];
    for (int e = node.first_edge; e < node.last_edge; ++e) {
      const std::size_t source = at(program.edges[at(e)].source);
      if (last_use[source] == value && plan.slot[source] >= 0) {
        free.push_back(plan.slot[source]);
        last_use[source] = count;  // once, also where edges run in parallel
      }
    }
  }
  return plan;
}

}  // namespace fool
