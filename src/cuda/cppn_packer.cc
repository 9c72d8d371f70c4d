#include "cuda/cppn_packer.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace fool::cuda {
namespace {

constexpr int kBias = CppnGraph::kInputs - 1;
constexpr int kForever = std::numeric_limits<int>::max();

std::size_t at(int value) { return static_cast<std::size_t>(value); }

std::uint32_t bits_of(float x) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits;
}

}  // namespace

void PackedCppns::clear() {
  words.clear();
  images.clear();
  slots.clear();
}

void CppnPacker::add(const CppnProgram& program, int index, PackedCppns* packed) {
  const auto count = static_cast<int>(program.values());
  constant_.assign(at(count), false);
  value_.assign(at(count), 0.0F);
  last_use_.assign(at(count), -1);
  slot_.assign(at(count), 0);
  constant_[at(kBias)] = true;
  value_[at(kBias)] = 1.0F;

  // Constants are computed here; who else is the last to read a value?
  const auto node_of = [&](int value) -> const CppnProgram::Node& {
    return program.nodes[at(value - CppnGraph::kInputs)];
  };
  for (int value = CppnGraph::kInputs; value < count; ++value) {
    const CppnProgram::Node& node = node_of(value);
    bool constant = true;
    float sum = 0.0F;
    for (int e = node.first_edge; e < node.last_edge; ++e) {
      const CppnProgram::Edge& edge = program.edges[at(e)];
      constant = constant && constant_[at(edge.source)];
      const float product = edge.weight * value_[at(edge.source)];
      sum = e == node.first_edge ? product : sum + product;
    }
    constant_[at(value)] = constant;
    if (constant) value_[at(value)] = activate(node.activation, sum);
  }
  const auto is_drawn = [&](int value) {
    return std::find(program.outputs.begin(), program.outputs.end(), value) !=
           program.outputs.end();
  };
  for (int value = CppnGraph::kInputs; value < count; ++value) {
    const CppnProgram::Node& node = node_of(value);
    if (constant_[at(value)] && !is_drawn(value)) continue;
    for (int e = node.first_edge; e < node.last_edge; ++e) {
      const int source = program.edges[at(e)].source;
      last_use_[at(constant_[at(source)] ? kBias : source)] = value;
    }
  }
  for (const int output : program.outputs) last_use_[at(output)] = kForever;

  free_.clear();
  std::uint32_t slots = CppnGraph::kInputs;
  for (int input = 0; input < CppnGraph::kInputs; ++input) {
    slot_[at(input)] = static_cast<std::uint32_t>(input);
    if (last_use_[at(input)] < 0) free_.push_back(slot_[at(input)]);
  }
  CppnImage image;
  image.first_word = static_cast<std::uint32_t>(packed->words.size());
  image.index = static_cast<std::uint32_t>(index);
  for (int value = CppnGraph::kInputs; value < count; ++value) {
    const CppnProgram::Node& node = node_of(value);
    if (constant_[at(value)] && !is_drawn(value)) continue;
    const int edges = node.last_edge - node.first_edge;
    const std::size_t header = packed->words.size();
    packed->words.push_back({{static_cast<std::uint32_t>(node.activation), 0,
                              static_cast<std::uint32_t>((edges + 1) / 2), 0}});
    for (int e = node.first_edge; e < node.last_edge; ++e) {
      const CppnProgram::Edge& edge = program.edges[at(e)];
      const bool constant = constant_[at(edge.source)];
      const int source = constant ? kBias : edge.source;
      const float weight = constant ? edge.weight * value_[at(edge.source)] : edge.weight;
      if ((e - node.first_edge) % 2 == 0) {
        packed->words.push_back({{slot_[at(source)], bits_of(weight), slot_[at(source)], 0}});
      } else {
        packed->words.back().at[2] = slot_[at(source)];
        packed->words.back().at[3] = bits_of(weight);
      }
      if (last_use_[at(source)] == value) {
        free_.push_back(slot_[at(source)]);
        last_use_[at(source)] = kForever;  // once, also where edges run in parallel
      }
    }
    if (free_.empty()) free_.push_back(slots++);
    slot_[at(value)] = free_.back();
    free_.pop_back();
    packed->words[header].at[1] = slot_[at(value)];
    ++image.nodes;
  }
  for (std::size_t i = 0; i < program.outputs.size(); ++i)
    image.outputs[i] = slot_[at(program.outputs[i])];
  packed->images.push_back(image);
  packed->slots.push_back(static_cast<int>(slots));
}

void CppnPacker::finish(PackedCppns* packed) { packed->words.resize(packed->words.size() + 2); }

}  // namespace fool::cuda
