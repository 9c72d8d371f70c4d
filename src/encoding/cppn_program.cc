#include "encoding/cppn_program.h"

#include "encoding/activation_slope.h"

namespace fool {

CppnProgram compile_cppn(const CppnGraph& graph) {
  constexpr int kUnseen = -1;
  constexpr int kOpen = -2;  // some of its sources are still to come
  const auto count = static_cast<std::size_t>(graph.nodes());
  const EdgesInto edges_into(graph);
  const auto edge = [&](int e) -> const CppnEdge& {
    return graph.edges[static_cast<std::size_t>(e)];
  };

  // Depth first from the outputs: a node is placed when all its sources have been.
  CppnProgram program;
  program.nodes.reserve(graph.activations.size());
  program.edges.reserve(graph.edges.size());
  std::vector<int> value(count, kUnseen);
  for (int input = 0; input < CppnGraph::kInputs; ++input)
    value[static_cast<std::size_t>(input)] = input;
  std::vector<int> stack;
  for (int output = graph.first_hidden() - 1; output >= CppnGraph::kInputs; --output)
    stack.push_back(output);
  while (!stack.empty()) {
    const auto node = static_cast<std::size_t>(stack.back());
    if (value[node] >= 0) {
      stack.pop_back();
      continue;
    }
    if (value[node] == kUnseen) {
      value[node] = kOpen;
      for (const int e : edges_into[static_cast<int>(node)]) {
        const int source = edge(e).from;
        if (value[static_cast<std::size_t>(source)] == kUnseen) stack.push_back(source);
      }
      continue;
    }
    stack.pop_back();
    value[node] = static_cast<int>(program.values());
    CppnProgram::Node placed;
    placed.activation = graph.activations[node - CppnGraph::kInputs];
    placed.first_edge = static_cast<int>(program.edges.size());
    for (const int e : edges_into[static_cast<int>(node)]) {
      program.edges.push_back({value[static_cast<std::size_t>(edge(e).from)], edge(e).weight, e});
    }
    placed.last_edge = static_cast<int>(program.edges.size());
    program.nodes.push_back(placed);
  }
  for (int output = 0; output < graph.outputs; ++output) {
    program.outputs.push_back(value[static_cast<std::size_t>(CppnGraph::kInputs + output)]);
  }
  return program;
}

float weighted_sum(const CppnProgram& program, const CppnProgram::Node& node, const float* values) {
  float sum = 0.0F;
  for (int e = node.first_edge; e < node.last_edge; ++e) {
    const CppnProgram::Edge& edge = program.edges[static_cast<std::size_t>(e)];
    const float product = edge.weight * values[edge.source];
    sum = e == node.first_edge ? product : sum + product;
  }
  return sum;
}

void evaluate(const CppnProgram& program, float* values) {
  float* next = values + CppnGraph::kInputs;
  for (const CppnProgram::Node& node : program.nodes) {
    *next++ = activate(node.activation, weighted_sum(program, node, values));
  }
}

void pull_back(const CppnProgram& program, const float* values, float* by_values, double* totals) {
  for (std::size_t i = program.nodes.size(); i-- > 0;) {
    const CppnProgram::Node& node = program.nodes[i];
    const float sum = weighted_sum(program, node, values);
    const float value = values[CppnGraph::kInputs + i];
    const float by_sum =
        by_values[CppnGraph::kInputs + i] * activation_slope(node.activation, sum, value);
    for (int e = node.first_edge; e < node.last_edge; ++e) {
      const CppnProgram::Edge& edge = program.edges[static_cast<std::size_t>(e)];
      totals[e] += static_cast<double>(by_sum * values[edge.source]);
      by_values[edge.source] += edge.weight * by_sum;
    }
  }
}

}  // namespace fool
