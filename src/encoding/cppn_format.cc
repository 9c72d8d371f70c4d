#include "encoding/cppn_format.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "fool/core/error.h"

namespace fool {
namespace {

constexpr std::string_view kMagic = "CPPN";

// The double with the fewest digits that is the same float: 0.1 rather than 0.10000000149011612.
double few_digits(float value) {
  const std::string text = fmt::format("{}", value);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return static_cast<float>(result) == value ? result : static_cast<double>(value);
}

const char* type_of(const CppnGraph& graph, int node) {
  return graph.is_input(node) ? "input" : graph.is_output(node) ? "output" : "hidden";
}

// The member of a node or an edge, of the wanted type. `what` and `index` are for messages.
const Json& member(const Json& object, const char* key, const char* what, std::size_t index) {
  if (!object.is_object())
    fail(ErrorKind::kData, "cppn genome: {}[{}] is not an object", what, index);
  const auto it = object.find(key);
  if (it == object.end())
    fail(ErrorKind::kData, "cppn genome: {}[{}] has no \"{}\"", what, index, key);
  return *it;
}

std::string text_member(const Json& object, const char* key, const char* what, std::size_t index) {
  const Json& value = member(object, key, what, index);
  if (!value.is_string())
    fail(ErrorKind::kData, "cppn genome: {}[{}].{} is not a text", what, index, key);
  return value.get<std::string>();
}

int node_member(const Json& object, const char* key, const char* what, std::size_t index) {
  const Json& value = member(object, key, what, index);
  if (!value.is_number_integer() || value < 0 || value >= CppnGraph::kMaxNodes) {
    fail(ErrorKind::kData, "cppn genome: {}[{}].{} is {}, expected the number of a node", what,
         index, key, value.dump().substr(0, 40));
  }
  return value.get<int>();
}

float weight_member(const Json& edge, std::size_t index) {
  const Json& value = member(edge, "weight", "edges", index);
  if (!value.is_number() || !(std::fabs(value.get<double>()) < 1e6)) {
    fail(ErrorKind::kData,
         "cppn genome: edges[{}].weight is {}, expected a number of moderate size", index,
         value.dump().substr(0, 40));
  }
  return static_cast<float>(value.get<double>());
}

const Json& list(const Json& json, const char* key, std::size_t limit) {
  if (!json.is_object())
    fail(ErrorKind::kData, "cppn genome: expected an object, found {}", json.type_name());
  const auto it = json.find(key);
  if (it == json.end() || !it->is_array())
    fail(ErrorKind::kData, "cppn genome: there is no list \"{}\"", key);
  if (it->size() > limit) {
    fail(ErrorKind::kData, "cppn genome: {} {} are beyond the limit of {}", it->size(), key, limit);
  }
  return *it;
}

void append_u32(std::string* bytes, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) *bytes += static_cast<char>(value >> shift & 255U);
}

std::uint32_t take_u32(std::string_view* bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value |= std::uint32_t{static_cast<unsigned char>((*bytes)[i])} << (8 * i);
  bytes->remove_prefix(4);
  return value;
}

}  // namespace

Json graph_to_json(const CppnGraph& graph) {
  Json nodes = Json::array();
  for (int node = 0; node < graph.nodes(); ++node) {
    const std::string_view activation =
        graph.is_input(node)
            ? "none"
            : activation_name(
                  graph.activations[static_cast<std::size_t>(node - CppnGraph::kInputs)]);
    nodes.push_back({{"id", node}, {"type", type_of(graph, node)}, {"activation", activation}});
  }
  Json edges = Json::array();
  for (const CppnEdge& edge : graph.edges) {
    edges.push_back({{"from", edge.from}, {"to", edge.to}, {"weight", few_digits(edge.weight)}});
  }
  return {{"nodes", std::move(nodes)}, {"edges", std::move(edges)}};
}

CppnGraph graph_from_json(const Json& json) {
  const Json& nodes = list(json, "nodes", CppnGraph::kMaxNodes);
  const Json& edges = list(json, "edges", CppnGraph::kMaxEdges);
  CppnGraph graph;
  // The outputs come first among the nodes that are not inputs.
  for (std::size_t i = CppnGraph::kInputs; i < nodes.size(); ++i) {
    if (text_member(nodes[i], "type", "nodes", i) != "output") break;
    ++graph.outputs;
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const int id = node_member(nodes[i], "id", "nodes", i);
    const std::string type = text_member(nodes[i], "type", "nodes", i);
    const std::string name = text_member(nodes[i], "activation", "nodes", i);
    if (id != static_cast<int>(i) || type != type_of(graph, id)) {
      fail(ErrorKind::kData,
           "cppn genome: nodes[{}] is {} {}; expected ids in order without gaps: {} inputs, the "
           "outputs, then the "
           "hidden nodes",
           i, type, id, CppnGraph::kInputs);
    }
    if (graph.is_input(id)) {
      if (name != "none")
        fail(ErrorKind::kData, "cppn genome: nodes[{}] is an input and has activation {}", i, name);
      continue;
    }
    const std::optional<Activation> activation = find_activation(name);
    if (!activation)
      fail(ErrorKind::kData, "cppn genome: nodes[{}] has the unknown activation \"{}\"", i, name);
    graph.activations.push_back(*activation);
  }
  if (nodes.size() < CppnGraph::kInputs) {
    fail(ErrorKind::kData, "cppn genome: there are {} nodes, expected at least the {} inputs",
         nodes.size(), CppnGraph::kInputs);
  }
  for (std::size_t i = 0; i < edges.size(); ++i) {
    graph.edges.push_back({node_member(edges[i], "from", "edges", i),
                           node_member(edges[i], "to", "edges", i), weight_member(edges[i], i)});
  }
  return graph;
}

std::string encode_graph(const CppnGraph& graph) {
  std::string bytes(kMagic);
  append_u32(&bytes, static_cast<std::uint32_t>(graph.outputs));
  append_u32(&bytes, static_cast<std::uint32_t>(graph.activations.size()));
  append_u32(&bytes, static_cast<std::uint32_t>(graph.edges.size()));
  for (const Activation activation : graph.activations) bytes += static_cast<char>(activation);
  for (const CppnEdge& edge : graph.edges) {
    append_u32(&bytes, static_cast<std::uint32_t>(edge.from));
    append_u32(&bytes, static_cast<std::uint32_t>(edge.to));
    append_u32(&bytes, repro::detail::bit_cast<std::uint32_t>(edge.weight));
  }
  return bytes;
}

CppnGraph decode_graph(std::string_view bytes) {
  const std::size_t total = bytes.size();
  if (total < 16 || bytes.substr(0, 4) != kMagic) {
    fail(ErrorKind::kData, "cppn genome: {} bytes that do not begin as a genome does", total);
  }
  bytes.remove_prefix(kMagic.size());
  const std::uint32_t outputs = take_u32(&bytes);
  const std::uint32_t nodes = take_u32(&bytes);
  const std::uint32_t edges = take_u32(&bytes);
  const std::uint64_t expected = 16 + std::uint64_t{nodes} + 12 * std::uint64_t{edges};
  if (total != expected || outputs > nodes || nodes > CppnGraph::kMaxNodes ||
      edges > CppnGraph::kMaxEdges) {
    fail(ErrorKind::kData, "cppn genome: {} bytes cannot hold {} outputs, {} nodes and {} edges",
         total, outputs, nodes, edges);
  }
  CppnGraph graph;
  graph.outputs = static_cast<int>(outputs);
  for (std::uint32_t i = 0; i < nodes; ++i) {
    const auto activation = static_cast<unsigned char>(bytes[i]);
    if (activation >= kActivationCount) {
      fail(ErrorKind::kData, "cppn genome: node {} has the unknown activation {}",
           CppnGraph::kInputs + i, activation);
    }
    graph.activations.push_back(static_cast<Activation>(activation));
  }
  bytes.remove_prefix(nodes);
  for (std::uint32_t i = 0; i < edges; ++i) {
    const std::uint32_t from = take_u32(&bytes);
    const std::uint32_t to = take_u32(&bytes);
    const std::uint32_t weight = take_u32(&bytes);
    if (from >= CppnGraph::kMaxNodes || to >= CppnGraph::kMaxNodes) {
      fail(ErrorKind::kData, "cppn genome: the edge {} -> {} names a node that does not exist",
           from, to);
    }
    graph.edges.push_back(
        {static_cast<int>(from), static_cast<int>(to), repro::detail::bit_cast<float>(weight)});
  }
  return graph;
}

}  // namespace fool
