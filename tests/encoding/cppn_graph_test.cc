#include "encoding/cppn_graph.h"

#include <gmock/gmock.h>

#include <limits>

#include "fool/core/error.h"

namespace fool {
namespace {

using testing::HasSubstr;

// x -> 5 -> 6 -> output 4, and bias -> output, with one output.
CppnGraph chain() {
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations.assign(3, Activation::kSine);
  graph.edges = {{0, 5, 1.0F}, {5, 6, 2.0F}, {6, 4, 3.0F}, {3, 4, 4.0F}};
  return graph;
}

std::string error_of(const CppnGraph& graph, int outputs = 1) {
  try {
    check_graph(graph, outputs, 10);
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kData);
    return e.what();
  }
  return "";
}

TEST(CppnGraph, AValidOnePasses) { EXPECT_EQ(error_of(chain()), ""); }

// 0.3 is no float; the nearest one is a little more, and what a clamped weight becomes.
TEST(CppnGraph, WeightsMayReachABoundThatIsNoFloat) {
  CppnGraph graph = chain();
  for (CppnEdge& edge : graph.edges) edge.weight = 0.3F;
  EXPECT_NO_THROW(check_graph(graph, 1, 0.3));
  graph.edges[0].weight = -0.31F;
  EXPECT_THROW(check_graph(graph, 1, 0.3), Error);
}

TEST(CppnGraph, NodesAreInputsOutputsHidden) {
  const CppnGraph graph = chain();
  EXPECT_EQ(graph.nodes(), 7);
  EXPECT_TRUE(graph.is_input(3));
  EXPECT_TRUE(graph.is_output(4));
  EXPECT_FALSE(graph.is_output(5));
  EXPECT_EQ(graph.first_hidden(), 5);
}

TEST(CppnGraph, EdgesIntoANodeComeInTheirOrder) {
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations.assign(3, Activation::kSine);  // nodes 4, 5, 6
  graph.edges = {{0, 6, 1.0F}, {6, 4, 1.0F}, {1, 6, 1.0F}, {0, 4, 1.0F}, {0, 6, 1.0F}};
  const EdgesInto edges_into(graph);
  const auto of = [&](int node) {
    return std::vector<int>(edges_into[node].begin(), edges_into[node].end());
  };
  EXPECT_EQ(of(0), std::vector<int>());
  EXPECT_EQ(of(4), (std::vector<int>{1, 3}));
  EXPECT_EQ(of(5), std::vector<int>());
  EXPECT_EQ(of(6), (std::vector<int>{0, 2, 4}));
}

TEST(CppnGraph, AncestorsAreAllThatLeadsToANode) {
  EXPECT_EQ(ancestors(chain(), 4), (std::vector<bool>{true, false, false, true, true, true, true}));
  EXPECT_EQ(ancestors(chain(), 6),
            (std::vector<bool>{true, false, false, false, false, true, true}));
  EXPECT_EQ(ancestors(chain(), 1),
            (std::vector<bool>{false, true, false, false, false, false, false}));
}

TEST(CppnGraph, NamesWhatIsWrong) {
  EXPECT_THAT(error_of(chain(), 3), HasSubstr("it has 1 output nodes, the image needs 3"));

  CppnGraph graph = chain();
  graph.activations.clear();
  EXPECT_THAT(error_of(graph), HasSubstr("4 nodes cannot hold 4 inputs and 1 outputs"));

  for (const auto& [from, to] : {std::pair{0, 7}, {7, 4}, {-1, 4}, {0, -1}}) {
    graph = chain();
    graph.edges.push_back({from, to, 0.0F});
    EXPECT_THAT(error_of(graph), HasSubstr("names a node that does not exist; nodes are 0..6"));
  }
  for (const auto& [from, to] : {std::pair{4, 5}, {5, 0}}) {
    graph = chain();
    graph.edges.push_back({from, to, 0.0F});
    EXPECT_THAT(error_of(graph), HasSubstr("leaves an output or enters an input"));
  }
  for (const float weight : {10.1F, -11.0F, std::numeric_limits<float>::infinity(),
                             std::numeric_limits<float>::quiet_NaN()}) {
    graph = chain();
    graph.edges[0].weight = weight;
    EXPECT_THAT(error_of(graph), HasSubstr("the edge 0 -> 5 has weight"));
  }
  for (const auto& [from, to] : {std::pair{6, 5}, {5, 5}}) {
    graph = chain();
    graph.edges.push_back({from, to, 0.0F});
    EXPECT_THAT(error_of(graph), HasSubstr("the graph has a cycle"));
  }
  graph = chain();
  graph.activations.resize(CppnGraph::kMaxNodes, Activation::kSine);
  EXPECT_THAT(error_of(graph), HasSubstr("beyond the limits of 65536 and 262144"));
  graph = chain();
  graph.edges.resize(CppnGraph::kMaxEdges + 1, graph.edges[0]);
  EXPECT_THAT(error_of(graph), HasSubstr("beyond the limits"));
}

}  // namespace
}  // namespace fool
