#include "encoding/cppn_mutation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

namespace fool {
namespace {

CppnMutation mutation(const Json& changes = Json::object()) {
  Json settings = {{"type", "cppn"}};
  settings.update(changes);
  return CppnMutation(EncodingRegistry::instance().resolve(settings, "encoding"));
}

// Only the one named; all other mutations off.
CppnMutation only(const char* rate, double value, const Json& changes = Json::object()) {
  Json settings = {{"weight_mutation_rate", 0.0}, {"activation_mutation_rate", 0.0},
                   {"add_edge_rate", 0.0},        {"delete_edge_rate", 0.0},
                   {"split_edge_rate", 0.0},      {"delete_node_rate", 0.0}};
  settings[rate] = value;
  settings.update(changes);
  return mutation(settings);
}

ItemAddress child(std::uint32_t index, std::uint32_t generation = 1) {
  return {1, generation, index};
}

CppnGraph grown(const CppnMutation& all, std::uint32_t index, std::uint32_t generations) {
  CppnGraph graph = all.initial(1, child(index, 0));
  for (std::uint32_t g = 1; g <= generations; ++g) graph = all.mutate(graph, child(index, g));
  return graph;
}

void expect_share(double hits, double n, double p) {
  EXPECT_NEAR(hits / n, p, 5 * std::sqrt(p * (1 - p) / n) + 1e-12);
}

TEST(CppnMutation, StartsWithoutHiddenNodesAndWithAllEdges) {
  for (const int outputs : {1, 3}) {
    const CppnGraph graph = mutation().initial(outputs, child(0, 0));
    check_graph(graph, outputs, 10);
    EXPECT_EQ(graph.nodes(), 4 + outputs);
    std::set<std::pair<int, int>> edges;
    for (const CppnEdge& edge : graph.edges) edges.insert({edge.from, edge.to});
    EXPECT_EQ(edges.size(), static_cast<std::size_t>(4 * outputs));
    EXPECT_EQ(graph.edges.size(), edges.size());
  }
}

TEST(CppnMutation, WeightsAndActivationsStartUniform) {
  const CppnMutation m = mutation({{"weight_range", 4.0}});
  std::map<Activation, int> activations;
  double sum = 0;
  double squares = 0;
  const int n = 5000;
  for (std::uint32_t i = 0; i < n; ++i) {
    const CppnGraph graph = m.initial(1, child(i, 0));
    ++activations[graph.activations[0]];
    for (const CppnEdge& edge : graph.edges) {
      ASSERT_LE(std::fabs(edge.weight), 4.0F);
      sum += edge.weight;
      squares += static_cast<double>(edge.weight) * edge.weight;
    }
  }
  EXPECT_NEAR(sum / (4 * n), 0, 5 * std::sqrt(16 / 3.0 / (4 * n)));
  EXPECT_NEAR(squares / (4 * n), 16 / 3.0, 5 * 16 * std::sqrt(4 / 45.0 / (4 * n)));
  EXPECT_EQ(activations.size(), 4U);
  for (const auto& [activation, count] : activations) expect_share(count, n, 0.25);
}

// One step moves a weight by 20/17 on average and by 1.62 as a root mean square.
TEST(CppnMutation, WeightStepsHaveTheRightSizeAndRate) {
  const CppnMutation m = only("weight_mutation_rate", 0.1);
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations = {Activation::kSine};
  graph.edges.assign(1000, {0, 4, 0.0F});
  double n = 0;
  double sum = 0;
  double squares = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    for (const CppnEdge& edge : m.mutate(graph, child(i)).edges) {
      if (edge.weight == 0.0F) continue;
      ++n;
      sum += std::fabs(edge.weight);
      squares += static_cast<double>(edge.weight) * edge.weight;
    }
  }
  expect_share(n, 200'000, 0.1);
  EXPECT_NEAR(sum / n, 20 / 17.0, 5 * 20 * 0.0555 / std::sqrt(n));
  EXPECT_NEAR(std::sqrt(squares / n), 20 * 0.08085, 0.02);
}

TEST(CppnMutation, WeightsAreClipped) {
  const CppnMutation m = only("weight_mutation_rate", 1.0, {{"weight_mutation_eta", 0.0}});
  CppnGraph graph = mutation().initial(3, child(0, 0));
  int at_the_end = 0;
  for (std::uint32_t g = 1; g < 100; ++g) {
    graph = m.mutate(graph, child(0, g));
    for (const CppnEdge& edge : graph.edges) {
      ASSERT_LE(std::fabs(edge.weight), 10.0F);
      at_the_end += std::fabs(edge.weight) == 10.0F ? 1 : 0;
    }
  }
  EXPECT_GT(at_the_end, 100);
}

// A redraw may give the same function again: three quarters of the redraws show.
TEST(CppnMutation, ActivationsAreRedrawn) {
  const CppnMutation m = only("activation_mutation_rate", 0.1);
  CppnGraph graph;
  graph.outputs = 3;
  graph.activations.assign(1000, Activation::kSine);
  int changed = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    for (const Activation activation : m.mutate(graph, child(i)).activations) {
      changed += activation != Activation::kSine ? 1 : 0;
    }
  }
  expect_share(changed, 100'000, 0.075);
}

TEST(CppnMutation, OnlyListedActivationsAppear) {
  const CppnMutation m = mutation({{"activations", {"tanh", "relu"}}});
  const CppnGraph graph = grown(m, 0, 300);
  for (const Activation activation : graph.activations) {
    EXPECT_TRUE(activation == Activation::kTanh || activation == Activation::kRelu);
  }
}

TEST(CppnMutation, EdgesAreAddedWhereNoCycleArises) {
  const CppnMutation add = only("add_edge_rate", 1.0);
  const CppnGraph graph = grown(mutation(), 3, 60);
  std::set<std::pair<int, int>> seen;
  for (std::uint32_t i = 0; i < 20000; ++i) {
    const CppnGraph more = add.mutate(graph, child(i));
    ASSERT_EQ(more.edges.size(), graph.edges.size() + 1);
    const CppnEdge& added = more.edges.back();
    check_graph(more, 1, 10);
    seen.insert({added.from, added.to});
  }
  // Every legal edge occurs, those that run beside others included.
  std::size_t legal = 0;
  for (int from = 0; from < graph.nodes(); ++from) {
    if (graph.is_output(from)) continue;
    const std::vector<bool> before = ancestors(graph, from);
    for (int to = CppnGraph::kInputs; to < graph.nodes(); ++to)
      legal += before[static_cast<std::size_t>(to)] ? 0U : 1U;
  }
  EXPECT_EQ(seen.size(), legal);
}

TEST(CppnMutation, ParallelEdgesMayBeForbidden) {
  const CppnMutation add = only("add_edge_rate", 1.0, {{"parallel_edges", false}});
  const CppnGraph full = add.initial(3, child(0, 0));  // every edge is there already
  EXPECT_EQ(add.mutate(full, child(0)), full);
  CppnGraph sparse = full;
  sparse.edges.erase(sparse.edges.begin() + 5);
  int refilled = 0;
  for (std::uint32_t i = 0; i < 400; ++i) {
    const CppnGraph more = add.mutate(sparse, child(i));
    if (more.edges.size() == sparse.edges.size()) continue;
    ++refilled;
    EXPECT_EQ(more.edges.back().from, full.edges[5].from);
    EXPECT_EQ(more.edges.back().to, full.edges[5].to);
  }
  expect_share(refilled, 400, 0.25);
}

TEST(CppnMutation, EdgesAreDeleted) {
  const CppnMutation m = only("delete_edge_rate", 1.0);
  CppnGraph graph = m.initial(1, child(0, 0));
  for (std::size_t left = 4; left-- > 0;) {
    graph = m.mutate(graph, child(0, static_cast<std::uint32_t>(left)));
    EXPECT_EQ(graph.edges.size(), left);
  }
  EXPECT_EQ(m.mutate(graph, child(1)), graph);  // nothing left to delete
}

TEST(CppnMutation, EdgesAreSplitByANewNode) {
  for (const bool copy : {true, false}) {
    const CppnMutation m =
        only("split_edge_rate", 1.0, {{"split_weights", copy ? "copy" : "neat"}});
    const CppnGraph graph = m.initial(1, child(0, 0));
    const CppnGraph more = m.mutate(graph, child(0));
    check_graph(more, 1, 10);
    ASSERT_EQ(more.nodes(), 6);
    ASSERT_EQ(more.edges.size(), 5U);
    const CppnEdge& second = more.edges.back();
    EXPECT_EQ(second.from, 5);
    EXPECT_EQ(second.to, 4);
    int into = 0;
    for (std::size_t e = 0; e < 4; ++e) {
      if (more.edges[e].to != 5) {
        EXPECT_EQ(more.edges[e], graph.edges[e]);
        continue;
      }
      ++into;
      EXPECT_EQ(more.edges[e].from, graph.edges[e].from);
      EXPECT_EQ(more.edges[e].weight, copy ? graph.edges[e].weight : 1.0F);
      EXPECT_EQ(second.weight, graph.edges[e].weight);
    }
    EXPECT_EQ(into, 1);
  }
}

TEST(CppnMutation, NodesAreDeletedWithTheirEdges) {
  const CppnMutation m = only("delete_node_rate", 1.0);
  CppnGraph graph = grown(mutation(), 1, 80);
  ASSERT_GT(graph.nodes(), 10);
  for (std::uint32_t g = 1; graph.nodes() > graph.first_hidden(); ++g) {
    const int nodes = graph.nodes();
    graph = m.mutate(graph, child(0, g));
    check_graph(graph, 1, 10);
    ASSERT_EQ(graph.nodes(), nodes - 1);
  }
  EXPECT_EQ(m.mutate(graph, child(0)), graph);  // inputs and outputs stay
}

// x -> 5 -> out, y -> 6 -> out: without 5, the old 6 is called 5.
TEST(CppnMutation, LaterNodesMoveUp) {
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations = {Activation::kLinear, Activation::kSine, Activation::kGaussian};
  graph.edges = {{0, 5, 1.0F}, {5, 4, 2.0F}, {1, 6, 3.0F}, {6, 4, 4.0F}};
  CppnGraph without_5 = graph;
  without_5.activations = {Activation::kLinear, Activation::kGaussian};
  without_5.edges = {{1, 5, 3.0F}, {5, 4, 4.0F}};
  CppnGraph without_6 = graph;
  without_6.activations = {Activation::kLinear, Activation::kSine};
  without_6.edges = {{0, 5, 1.0F}, {5, 4, 2.0F}};
  const CppnMutation m = only("delete_node_rate", 1.0);
  int first = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    const CppnGraph less = m.mutate(graph, child(i));
    ASSERT_TRUE(less == without_5 || less == without_6);
    first += less == without_5 ? 1 : 0;
  }
  expect_share(first, 200, 0.5);
}

// How often each mutation strikes, seen in one child's numbers of nodes and edges.
TEST(CppnMutation, StructureChangesAtTheStatedRates) {
  const int n = 20000;
  const CppnMutation m = mutation();
  const CppnGraph parent = m.initial(1, child(0, 0));
  double nodes = 0;
  double edges = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    const CppnGraph graph = m.mutate(parent, child(i));
    nodes += graph.nodes() - parent.nodes();
    edges += static_cast<double>(graph.edges.size()) - 4;
  }
  // A split (0.5) adds a node and an edge; then a node, and in this young graph always that one
  // with its two edges (or one, if the edge is gone), is deleted (0.2).
  EXPECT_NEAR(nodes / n, 0.5 - 0.5 * 0.2, 0.02);
  EXPECT_NEAR(edges / n, 0.5 - 0.3 + 0.5 - 0.5 * 0.2 * 2, 0.04);
}

// Champions of MNIST runs had 13 to 17 nodes and 17 to 22 edges after 200 generations; a line of
// descent of some thirty mutations without selection is as large.
TEST(CppnMutation, GrowthIsPlausible) {
  double nodes = 0;
  double edges = 0;
  for (std::uint32_t i = 0; i < 300; ++i) {
    const CppnGraph graph = grown(mutation(), i, 30);
    nodes += graph.nodes();
    edges += static_cast<double>(graph.edges.size());
  }
  EXPECT_GT(nodes / 300, 11);
  EXPECT_LT(nodes / 300, 19);
  EXPECT_GT(edges / 300, 10);
  EXPECT_LT(edges / 300, 24);
}

TEST(CppnMutation, ThousandsOfMutationsKeepTheGraphValid) {
  for (const bool parallel : {true, false}) {
    const CppnMutation m = mutation({{"parallel_edges", parallel}});
    for (std::uint32_t i = 0; i < 4; ++i) {
      CppnGraph graph = m.initial(3, child(i, 0));
      for (std::uint32_t g = 1; g <= 3000; ++g) {
        graph = m.mutate(graph, child(i, g));
        if (g % 50 != 0) continue;
        ASSERT_NO_THROW(check_graph(graph, 3, 10));
      }
    }
  }
}

TEST(CppnMutation, GrowthEndsAtTheLimits) {
  CppnGraph graph;
  graph.outputs = 1;
  graph.activations.assign(CppnGraph::kMaxNodes - CppnGraph::kInputs, Activation::kSine);
  graph.edges.assign(CppnGraph::kMaxEdges, {0, 4, 1.0F});
  EXPECT_EQ(only("split_edge_rate", 1.0).mutate(graph, child(0)), graph);
  EXPECT_EQ(only("add_edge_rate", 1.0).mutate(graph, child(0)), graph);
}

// A mutation has a stream of its own: switching one off does not touch what the others do.
TEST(CppnMutation, TheStreamsAreIndependent) {
  const CppnGraph parent = grown(mutation(), 0, 20);
  Json weights_only = {{"add_edge_rate", 0.0},
                       {"delete_edge_rate", 0.0},
                       {"split_edge_rate", 0.0},
                       {"delete_node_rate", 0.0}};
  const CppnGraph a = mutation(weights_only).mutate(parent, child(5));
  weights_only["activation_mutation_rate"] = 1.0;
  const CppnGraph b = mutation(weights_only).mutate(parent, child(5));
  EXPECT_EQ(a.edges, b.edges);
  EXPECT_NE(a.activations, b.activations);
}

}  // namespace
}  // namespace fool
