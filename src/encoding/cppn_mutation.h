// How CPPN genomes come into being and change.
#pragma once

#include "encoding/cppn_graph.h"
#include "fool/core/json.h"

namespace fool {

struct CppnMutation {
  explicit CppnMutation(const Json& settings);

  // No hidden nodes; every input is joined to every output; weights and activations are random.
  CppnGraph initial(int outputs, const ItemAddress& address) const;

  // All mutations, in the order of the fields below, each from a random stream of its own.
  CppnGraph mutate(CppnGraph graph, const ItemAddress& address) const;

  std::vector<Activation> activations;  // that a node may have
  double weight_range = 0;              // weights are in [-weight_range, weight_range]
  double weight_mutation_rate = 0;      // per edge
  double weight_mutation_eta = 0;
  double activation_mutation_rate = 0;  // per output or hidden node
  double add_edge_rate = 0;             // these four: per child
  double delete_edge_rate = 0;
  double split_edge_rate = 0;
  double delete_node_rate = 0;
  bool parallel_edges = false;
  bool split_copies_weight = false;  // else the edge into the new node gets weight 1

 private:
  float random_weight(RngStream& rng) const;
  Activation random_activation(RngStream& rng) const;
  template <typename Rng>
  void mutate_weights(CppnGraph* graph, Rng&& rng) const;
  void mutate_activations(CppnGraph* graph, RngStream rng) const;
  void add_edge(CppnGraph* graph, RngStream rng) const;
  void delete_edge(CppnGraph* graph, RngStream rng) const;
  void split_edge(CppnGraph* graph, RngStream rng) const;
  void delete_node(CppnGraph* graph, RngStream rng) const;
};

}  // namespace fool
