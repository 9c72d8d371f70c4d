#include "render/cppn_plan.h"

#include <gtest/gtest.h>

#include "encoding/cppn.h"
#include "encoding/genomes.h"
#include "render/grown_cppn.h"

namespace fool {
namespace {

CppnProgram program_of(std::vector<CppnEdge> edges, int nodes) {
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations.assign(static_cast<std::size_t>(nodes), Activation::kSine);
  graph.edges = std::move(edges);
  return compile_cppn(graph);
}

// What the only output, node 4, depends on, when it is reached from these inputs through one hidden
// node each.
Extent extent_of(const std::vector<int>& inputs) {
  std::vector<CppnEdge> edges;
  int hidden = 5;
  for (const int input : inputs) {
    edges.push_back({input, hidden, 1.0F});
    edges.push_back({hidden++, 4, 1.0F});
  }
  const CppnProgram program = program_of(edges, hidden - 4);
  return plan_cppn(program).extent[static_cast<std::size_t>(program.outputs[0])];
}

TEST(CppnPlan, FindsWhatANodeDependsOn) {
  enum { kX, kY, kD, kBias };
  EXPECT_EQ(extent_of({}), Extent::kConstant);
  EXPECT_EQ(extent_of({kBias}), Extent::kConstant);
  EXPECT_EQ(extent_of({kX}), Extent::kColumn);
  EXPECT_EQ(extent_of({kBias, kX}), Extent::kColumn);
  EXPECT_EQ(extent_of({kY}), Extent::kRow);
  EXPECT_EQ(extent_of({kY, kBias}), Extent::kRow);
  EXPECT_EQ(extent_of({kX, kY}), Extent::kPixel);
  EXPECT_EQ(extent_of({kD}), Extent::kPixel);
  EXPECT_EQ(extent_of({kBias, kD}), Extent::kPixel);
}

// The output reached by edges of these weights from x and from a hidden node.
SumSize sum_of(float from_x, float from_hidden, double largest = 1) {
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations = {Activation::kGaussian, Activation::kSine};
  graph.edges = {{0, 5, 1.0F}, {0, 4, from_x}, {5, 4, from_hidden}};
  const CppnProgram program = compile_cppn(graph);
  return plan_cppn(program, largest)
      .sum[static_cast<std::size_t>(program.outputs[0]) - CppnGraph::kInputs];
}

TEST(CppnPlan, KnowsWhichSumsStaySmall) {
  EXPECT_EQ(sum_of(4.6F, -4.6F), SumSize::kSmall);
  EXPECT_EQ(sum_of(4.7F, -4.7F), SumSize::kAny);
  EXPECT_EQ(sum_of(-4.7F, 4.7F), SumSize::kAny);
  EXPECT_EQ(sum_of(0.1F, 3.0F, 60), SumSize::kSmall);
  EXPECT_EQ(sum_of(0.1F, 3.0F, 70), SumSize::kAny);
}

TEST(CppnPlan, RowValuesAreSpreadOnlyForPixels) {
  // y -> 5 -> 6 -> output, x -> output: of the rows' values only 6 is read by a pixel.
  const CppnProgram program =
      program_of({{1, 5, 1.0F}, {5, 6, 1.0F}, {6, 4, 1.0F}, {0, 4, 1.0F}}, 3);
  const CppnPlan plan = plan_cppn(program);
  int spread = 0;
  for (const bool s : plan.spread) spread += s ? 1 : 0;
  EXPECT_EQ(spread, 1);
  EXPECT_FALSE(plan.spread[1]);
}

// Goes through the program as the renderer does and checks that no value is overwritten before its
// last use.
TEST(CppnPlan, AValueStaysUntilItsLastUse) {
  const auto encoding = make_encoding("cppn", {28, 28, 3});
  const auto& cppn = dynamic_cast<const CppnEncoding&>(*encoding);
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const CppnProgram program = cppn.compile(*grown_cppn(cppn, seed, static_cast<int>(seed)));
    const CppnPlan plan = plan_cppn(program);
    std::vector<int> holds(static_cast<std::size_t>(plan.slots), -1);  // which value a slot holds
    const auto expect_held = [&](int value) {
      const int slot = plan.slot[static_cast<std::size_t>(value)];
      if (plan.extent[static_cast<std::size_t>(value)] != Extent::kPixel) {
        ASSERT_EQ(slot, -1);
      } else {
        ASSERT_EQ(holds[static_cast<std::size_t>(slot)], value);
      }
    };
    holds[static_cast<std::size_t>(plan.slot[2])] = 2;
    for (std::size_t i = 0; i < program.nodes.size(); ++i) {
      const std::size_t value = CppnGraph::kInputs + i;
      if (plan.extent[value] != Extent::kPixel) continue;
      for (int e = program.nodes[i].first_edge; e < program.nodes[i].last_edge; ++e) {
        const int source = program.edges[static_cast<std::size_t>(e)].source;
        expect_held(source);
        ASSERT_NE(plan.slot[static_cast<std::size_t>(source)], plan.slot[value])
            << "computed in place";
      }
      holds[static_cast<std::size_t>(plan.slot[value])] = static_cast<int>(value);
    }
    for (const int output : program.outputs) expect_held(output);
  }
}

TEST(CppnPlan, SlotsAreReused) {
  // A chain of 100 nodes that see d: two slots are enough, and one for d.
  std::vector<CppnEdge> edges{{2, 5, 1.0F}};
  for (int node = 5; node < 104; ++node) edges.push_back({node, node + 1, 1.0F});
  edges.push_back({104, 4, 1.0F});
  EXPECT_LE(plan_cppn(program_of(edges, 101)).slots, 3);
}

}  // namespace
}  // namespace fool
