// The genome of a CPPN: a feed-forward graph whose nodes carry activation functions and whose edges
// carry weights.
#pragma once

#include <vector>

#include "encoding/activation.h"
#include "fool/core/span.h"
#include "fool/encoding/encoding.h"

namespace fool {

struct CppnEdge {
  int from = 0;
  int to = 0;
  float weight = 0.0F;

  friend bool operator==(const CppnEdge& a, const CppnEdge& b) {
    return a.from == b.from && a.to == b.to && a.weight == b.weight;
  }
};

// A node is named by its number: the inputs x, y, d (distance from the centre) and bias are 0 to 3,
// the outputs follow, then the hidden nodes in order of their birth. The numbers have no gaps, so
// none can dangle.
struct CppnGraph {
  static constexpr int kInputs = 4;
  // Far above what evolution reaches; a damaged file cannot ask for more, and mutation adds nothing
  // beyond.
  static constexpr int kMaxNodes = 1 << 16;
  static constexpr int kMaxEdges = 1 << 18;

  int outputs = 0;
  std::vector<Activation> activations;  // of node kInputs + i
  std::vector<CppnEdge> edges;

  int nodes() const { return kInputs + static_cast<int>(activations.size()); }
  int first_hidden() const { return kInputs + outputs; }
  bool is_input(int node) const { return node < kInputs; }
  bool is_output(int node) const { return node >= kInputs && node < first_hidden(); }

  friend bool operator==(const CppnGraph& a, const CppnGraph& b) {
    return a.outputs == b.outputs && a.activations == b.activations && a.edges == b.edges;
  }
};

struct CppnGenome : Genome {
  explicit CppnGenome(CppnGraph g) : graph(std::move(g)) {}
  CppnGraph graph;
};

// Throws Error(kData) unless the graph has these outputs, its edges lead from inputs or hidden
// nodes to outputs or hidden nodes without a cycle, no size is beyond the limits and no weight
// beyond [-weight_range, weight_range].
void check_graph(const CppnGraph& graph, int outputs, double weight_range);

// The positions of the edges into each node, in the order of the graph. Two pieces of memory for
// all of them: this is made for every child and every picture.
class EdgesInto {
 public:
  explicit EdgesInto(const CppnGraph& graph);

  Span<const int> operator[](int node) const {
    const auto n = static_cast<std::size_t>(node);
    return {edges_.data() + first_[n], static_cast<std::size_t>(first_[n + 1] - first_[n])};
  }

 private:
  std::vector<int> first_;  // [nodes + 1], in edges_
  std::vector<int> edges_;
};

// For each node, whether an edge or a chain of edges leads from it to `node`; true for `node`
// itself.
std::vector<bool> ancestors(const CppnGraph& graph, int node);

}  // namespace fool
