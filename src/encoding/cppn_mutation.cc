#include "encoding/cppn_mutation.h"

#include <algorithm>
#include <string>

#include "core/rng_batch.h"
#include "encoding/polynomial_mutation.h"

namespace fool {
namespace {

std::vector<Activation> read_activations(const Json& names) {
  std::vector<Activation> result;
  for (const Json& name : names) result.push_back(*find_activation(name.get<std::string>()));
  return result;
}

std::size_t pick(RngStream& rng, std::size_t count) {
  return rng.uniform_int(static_cast<std::uint32_t>(count));
}

}  // namespace

CppnMutation::CppnMutation(const Json& settings)
    : activations(read_activations(settings.at("activations"))),
      weight_range(settings.at("weight_range")),
      weight_mutation_rate(settings.at("weight_mutation_rate")),
      weight_mutation_eta(settings.at("weight_mutation_eta")),
      activation_mutation_rate(settings.at("activation_mutation_rate")),
      add_edge_rate(settings.at("add_edge_rate")),
      delete_edge_rate(settings.at("delete_edge_rate")),
      split_edge_rate(settings.at("split_edge_rate")),
      delete_node_rate(settings.at("delete_node_rate")),
      parallel_edges(settings.at("parallel_edges")),
      split_copies_weight(settings.at("split_weights") == "copy") {}

float CppnMutation::random_weight(RngStream& rng) const {
  return static_cast<float>((2 * rng.uniform() - 1) * weight_range);
}

Activation CppnMutation::random_activation(RngStream& rng) const {
  return activations[pick(rng, activations.size())];
}

CppnGraph CppnMutation::initial(int outputs, const ItemAddress& address) const {
  RngStream rng = address.stream("cppn.random");
  CppnGraph graph;
  graph.outputs = outputs;
  for (int output = 0; output < outputs; ++output)
    graph.activations.push_back(random_activation(rng));
  for (int input = 0; input < CppnGraph::kInputs; ++input) {
    for (int output = 0; output < outputs; ++output) {
      graph.edges.push_back({input, CppnGraph::kInputs + output, random_weight(rng)});
    }
  }
  return graph;
}

CppnGraph CppnMutation::mutate(CppnGraph graph, const ItemAddress& address) const {
  // The same numbers; drawing them many at a time pays for large graphs.
  constexpr std::size_t kManyEdges = 100;
  constexpr const char* kWeights = "cppn.weights";
  if (graph.edges.size() < kManyEdges) {
    mutate_weights(&graph, address.stream(kWeights));
  } else {
    mutate_weights(&graph, RngBatch(address.seed, kWeights, address.generation, address.index));
  }
  mutate_activations(&graph, address.stream("cppn.activations"));
  add_edge(&graph, address.stream("cppn.add_edge"));
  delete_edge(&graph, address.stream("cppn.delete_edge"));
  split_edge(&graph, address.stream("cppn.split_edge"));
  delete_node(&graph, address.stream("cppn.delete_node"));
  return graph;
}

template <typename Rng>
void CppnMutation::mutate_weights(CppnGraph* graph, Rng&& rng) const {
  for (CppnEdge& edge : graph->edges) {
    if (rng.uniform() >= weight_mutation_rate) continue;
    // A step of 1 leads from one end of the weights' range to the other.
    const double step = 2 * weight_range * polynomial_step(rng.uniform(), weight_mutation_eta);
    edge.weight = static_cast<float>(std::clamp(edge.weight + step, -weight_range, weight_range));
  }
}

void CppnMutation::mutate_activations(CppnGraph* graph, RngStream rng) const {
  for (Activation& activation : graph->activations) {
    if (rng.bernoulli(activation_mutation_rate)) activation = random_activation(rng);
  }
}

void CppnMutation::add_edge(CppnGraph* graph, RngStream rng) const {
  if (!rng.bernoulli(add_edge_rate) || graph->edges.size() >= CppnGraph::kMaxEdges) return;
  // Any node but an output: skip over the outputs' numbers.
  auto source =
      static_cast<int>(pick(rng, static_cast<std::size_t>(graph->nodes() - graph->outputs)));
  if (!graph->is_input(source)) source += graph->outputs;
  std::vector<bool> excluded = ancestors(*graph, source);
  for (const CppnEdge& edge : graph->edges) {
    if (!parallel_edges && edge.from == source) excluded[static_cast<std::size_t>(edge.to)] = true;
  }
  std::vector<int> targets;
  for (int node = CppnGraph::kInputs; node < graph->nodes(); ++node) {
    if (!excluded[static_cast<std::size_t>(node)]) targets.push_back(node);
  }
  if (targets.empty()) return;
  const int target = targets[pick(rng, targets.size())];
  graph->edges.push_back({source, target, random_weight(rng)});
}

void CppnMutation::delete_edge(CppnGraph* graph, RngStream rng) const {
  if (!rng.bernoulli(delete_edge_rate) || graph->edges.empty()) return;
  const std::size_t victim = pick(rng, graph->edges.size());
  graph->edges.erase(graph->edges.begin() + static_cast<std::ptrdiff_t>(victim));
}

void CppnMutation::split_edge(CppnGraph* graph, RngStream rng) const {
  if (!rng.bernoulli(split_edge_rate) || graph->edges.empty()) return;
  if (graph->nodes() >= CppnGraph::kMaxNodes || graph->edges.size() >= CppnGraph::kMaxEdges) return;
  CppnEdge& first = graph->edges[pick(rng, graph->edges.size())];
  const int middle = graph->nodes();
  const CppnEdge second{middle, first.to, first.weight};
  first.to = middle;
  if (!split_copies_weight) first.weight = static_cast<float>(std::min(1.0, weight_range));
  graph->edges.push_back(second);
  graph->activations.push_back(random_activation(rng));
}

void CppnMutation::delete_node(CppnGraph* graph, RngStream rng) const {
  const auto hidden = static_cast<std::size_t>(graph->nodes() - graph->first_hidden());
  if (!rng.bernoulli(delete_node_rate) || hidden == 0) return;
  const int victim = graph->first_hidden() + static_cast<int>(pick(rng, hidden));
  graph->activations.erase(graph->activations.begin() + (victim - CppnGraph::kInputs));
  auto& edges = graph->edges;
  edges.erase(std::remove_if(
                  edges.begin(), edges.end(),
                  [&](const CppnEdge& edge) { return edge.from == victim || edge.to == victim; }),
              edges.end());
  // The nodes born later move up, so that the numbers stay without gaps.
  for (CppnEdge& edge : edges) {
    if (edge.from > victim) --edge.from;
    if (edge.to > victim) --edge.to;
  }
}

}  // namespace fool
