#include "encoding/cppn_program.h"

#include <gtest/gtest.h>

#include <cmath>

#include "encoding/cppn.h"
#include "encoding/genomes.h"

namespace fool {
namespace {

std::vector<float> evaluate_at(const CppnProgram& program, float x, float y, float d) {
  std::vector<float> values(program.values());
  values[0] = x;
  values[1] = y;
  values[2] = d;
  values[3] = 1.0F;
  evaluate(program, values.data());
  return values;
}

TEST(CppnProgram, ComputesWeightedSumsAndActivations) {
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations = {Activation::kLinear, Activation::kSine};
  graph.edges = {{5, 4, 1.5F}, {3, 4, 0.25F}, {0, 5, 2.0F}, {1, 5, -1.0F}};
  const CppnProgram program = compile_cppn(graph);
  ASSERT_EQ(program.outputs.size(), 1U);
  const auto values = evaluate_at(program, 0.3F, 0.7F, 0.1F);
  EXPECT_NEAR(values[static_cast<std::size_t>(program.outputs[0])],
              (1.5 * std::sin(2 * 0.3 - 0.7) + 0.25) / 3, 1e-6);
}

TEST(CppnProgram, LeavesOutWhatDoesNotReachAnOutput) {
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations = {Activation::kLinear, Activation::kSine, Activation::kSine,
                       Activation::kSine};
  graph.edges = {{0, 4, 1.0F}, {0, 5, 1.0F}, {5, 6, 1.0F}, {7, 4, 1.0F}};  // 5 and 6 lead nowhere
  const CppnProgram program = compile_cppn(graph);
  EXPECT_EQ(program.nodes.size(), 2U);
  EXPECT_EQ(program.edges.size(), 2U);
}

// Such a node says f(0).
TEST(CppnProgram, NodesWithoutEdgesAreConstant) {
  CppnGraph graph;
  graph.outputs = 3;
  graph.activations = {Activation::kGaussian, Activation::kSine, Activation::kLinear,
                       Activation::kGaussian};
  graph.edges = {{7, 6, 0.3F}};
  const CppnProgram program = compile_cppn(graph);
  const auto values = evaluate_at(program, 1, 1, 1);
  EXPECT_EQ(values[static_cast<std::size_t>(program.outputs[0])], 1.0F);
  EXPECT_EQ(values[static_cast<std::size_t>(program.outputs[1])], 0.0F);
  EXPECT_NEAR(values[static_cast<std::size_t>(program.outputs[2])], 0.1F, 1e-7);
}

TEST(CppnProgram, ParallelEdgesAddUp) {
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations = {Activation::kLinear};
  graph.edges = {{0, 4, 1.0F}, {0, 4, 0.5F}};
  EXPECT_NEAR(evaluate_at(compile_cppn(graph), 0.5F, 0, 0)[4], 0.25, 1e-7);
}

TEST(CppnProgram, EverySourceComesFirst) {
  const auto encoding = make_encoding("cppn", {28, 28, 3});
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const GenomePtr genome = descendant(*encoding, seed, 100);
    const CppnProgram program = dynamic_cast<const CppnEncoding&>(*encoding).compile(*genome);
    for (std::size_t i = 0; i < program.nodes.size(); ++i) {
      for (int e = program.nodes[i].first_edge; e < program.nodes[i].last_edge; ++e) {
        ASSERT_LT(program.edges[static_cast<std::size_t>(e)].source, static_cast<int>(4 + i));
      }
    }
  }
}

// A graph as deep as graphs may be needs no recursion.
TEST(CppnProgram, DeepGraphsCompile) {
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations.assign(CppnGraph::kMaxNodes - CppnGraph::kInputs, Activation::kLinear);
  graph.edges.push_back({0, 5, 3.0F});
  for (int node = 5; node + 1 < graph.nodes(); ++node)
    graph.edges.push_back({node, node + 1, 3.0F});
  graph.edges.push_back({graph.nodes() - 1, 4, 3.0F});
  check_graph(graph, 1, 10);
  const CppnProgram program = compile_cppn(graph);
  EXPECT_EQ(program.nodes.size(), graph.activations.size());
  const auto values = evaluate_at(program, 1.0F, 0, 0);
  EXPECT_EQ(values[static_cast<std::size_t>(program.outputs[0])], 1.0F);
}

}  // namespace
}  // namespace fool
