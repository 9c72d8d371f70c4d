// A CPPN made ready for drawing: the nodes that matter, in an order in which each comes after its
// sources. All renderers evaluate this form, and sum in the order given here, so that their
// pictures have the same bits.
#pragma once

#include <vector>

#include "encoding/activation.h"
#include "encoding/cppn_graph.h"

namespace fool {

// Values are numbered: the inputs x, y, d and bias are 0 to 3, nodes[i] is 4 + i.
struct CppnProgram {
  struct Edge {
    int source = 0;  // a value
    float weight = 0.0F;
    int of_graph = 0;  // its position among the genome's edges
  };
  // value = activation(w0 v0 + w1 v1 + ...): each product is rounded, then added, from left to
  // right, in the order of the genome's edges. Without edges the sum is 0.
  struct Node {
    Activation activation = Activation::kLinear;
    int first_edge = 0;
    int last_edge = 0;  // exclusive
  };

  std::vector<Node> nodes;
  std::vector<Edge> edges;
  std::vector<int> outputs;  // the values that are drawn

  std::size_t values() const { return CppnGraph::kInputs + nodes.size(); }
};

// Leaves out what does not reach an output. The graph must be a valid one.
CppnProgram compile_cppn(const CppnGraph& graph);

// Computes all values of one pixel. values: program.values() floats, of which the caller has set
// the four inputs.
void evaluate(const CppnProgram& program, float* values);

// The sum that a node's value is the activation of.
float weighted_sum(const CppnProgram& program, const CppnProgram::Node& node, const float* values);

// The reverse of evaluate() for one pixel. values: as it left them. by_values: the gradient of
// something by the values, of which the caller has set those that are drawn, the others to 0; it is
// completed. Adds to `totals` what that makes the gradient by the weights of program.edges.
void pull_back(const CppnProgram& program, const float* values, float* by_values, double* totals);

}  // namespace fool
