#include "encoding/cppn_graph.h"

#include <cmath>

#include "fool/core/error.h"

namespace fool {
namespace {

// Takes away nodes that no edge leads to, until none is left; what then remains lies on cycles or
// behind them.
bool is_acyclic(const CppnGraph& graph) {
  const auto count = static_cast<std::size_t>(graph.nodes());
  std::vector<int> waiting_for(count);
  std::vector<std::vector<int>> targets(count);
  for (const CppnEdge& edge : graph.edges) {
    ++waiting_for[static_cast<std::size_t>(edge.to)];
    targets[static_cast<std::size_t>(edge.from)].push_back(edge.to);
  }
  std::vector<int> ready;
  for (std::size_t node = 0; node < count; ++node) {
    if (waiting_for[node] == 0) ready.push_back(static_cast<int>(node));
  }
  std::size_t done = 0;
  while (!ready.empty()) {
    const auto node = static_cast<std::size_t>(ready.back());
    ready.pop_back();
    ++done;
    for (const int target : targets[node]) {
      if (--waiting_for[static_cast<std::size_t>(target)] == 0) ready.push_back(target);
    }
  }
  return done == count;
}

}  // namespace

void check_graph(const CppnGraph& graph, int outputs, double weight_range) {
  constexpr ErrorKind kData = ErrorKind::kData;
  if (graph.outputs != outputs) {
    fail(kData, "cppn genome: it has {} output nodes, the image needs {}", graph.outputs, outputs);
  }
  if (static_cast<int>(graph.activations.size()) < outputs) {
    fail(kData, "cppn genome: {} nodes cannot hold {} inputs and {} outputs", graph.nodes(),
         CppnGraph::kInputs, outputs);
  }
  if (graph.nodes() > CppnGraph::kMaxNodes || graph.edges.size() > CppnGraph::kMaxEdges) {
    fail(kData, "cppn genome: {} nodes and {} edges are beyond the limits of {} and {}",
         graph.nodes(), graph.edges.size(), CppnGraph::kMaxNodes, CppnGraph::kMaxEdges);
  }
  // As a float, as which the weights at the bound are kept: 0.3 becomes a little more.
  const auto bound = static_cast<double>(static_cast<float>(weight_range));
  for (const CppnEdge& edge : graph.edges) {
    const bool from_exists = edge.from >= 0 && edge.from < graph.nodes();
    const bool to_exists = edge.to >= 0 && edge.to < graph.nodes();
    if (!from_exists || !to_exists) {
      fail(kData,
           "cppn genome: the edge {} -> {} names a node that does not exist; nodes are 0..{}",
           edge.from, edge.to, graph.nodes() - 1);
    }
    if (graph.is_output(edge.from) || graph.is_input(edge.to)) {
      fail(kData, "cppn genome: the edge {} -> {} leaves an output or enters an input", edge.from,
           edge.to);
    }
    if (!(std::fabs(static_cast<double>(edge.weight)) <= bound)) {
      fail(kData, "cppn genome: the edge {} -> {} has weight {}, expected -{}..{}", edge.from,
           edge.to, edge.weight, weight_range, weight_range);
    }
  }
  if (!is_acyclic(graph))
    fail(kData, "cppn genome: the graph has a cycle; only feed-forward graphs can be drawn");
}

EdgesInto::EdgesInto(const CppnGraph& graph)
    : first_(static_cast<std::size_t>(graph.nodes()) + 1), edges_(graph.edges.size()) {
  for (const CppnEdge& edge : graph.edges) ++first_[static_cast<std::size_t>(edge.to) + 1];
  for (std::size_t node = 1; node < first_.size(); ++node) first_[node] += first_[node - 1];
  // Moves each beginning to the end, and back.
  for (std::size_t e = 0; e < graph.edges.size(); ++e) {
    int& place = first_[static_cast<std::size_t>(graph.edges[e].to)];
    edges_[static_cast<std::size_t>(place++)] = static_cast<int>(e);
  }
  for (std::size_t node = first_.size() - 1; node > 0; --node) first_[node] = first_[node - 1];
  first_[0] = 0;
}

std::vector<bool> ancestors(const CppnGraph& graph, int node) {
  const EdgesInto edges_into(graph);
  std::vector<bool> result(static_cast<std::size_t>(graph.nodes()));
  std::vector<int> to_visit{node};
  result[static_cast<std::size_t>(node)] = true;
  while (!to_visit.empty()) {
    const int current = to_visit.back();
    to_visit.pop_back();
    for (const int e : edges_into[current]) {
      const int source = graph.edges[static_cast<std::size_t>(e)].from;
      if (!result[static_cast<std::size_t>(source)]) {
        result[static_cast<std::size_t>(source)] = true;
        to_visit.push_back(source);
      }
    }
  }
  return result;
}

}  // namespace fool
