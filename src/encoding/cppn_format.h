// CPPN genomes as JSON for people and as bytes for checkpoints. What is read is not yet checked as
// a graph: see check_graph().
#pragma once

#include <string>
#include <string_view>

#include "encoding/cppn_graph.h"
#include "fool/core/json.h"

namespace fool {

// {"nodes": [{"id", "type", "activation"}], "edges": [{"from", "to", "weight"}]}. type is input,
// output or hidden; inputs (x, y, d, bias in this order) have no activation: "none".
Json graph_to_json(const CppnGraph& graph);
CppnGraph graph_from_json(const Json& json);  // throws Error(kData)

// Little-endian: "CPPN", outputs u32, nodes that are not inputs u32, edges u32; an activation u8
// per node; from u32, to u32, weight f32 per edge.
std::string encode_graph(const CppnGraph& graph);
CppnGraph decode_graph(std::string_view bytes);  // throws Error(kData)

}  // namespace fool
