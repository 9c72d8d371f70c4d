// Writes small ONNX networks, for tests. Field numbers: ONNX's public onnx.proto.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/protobuf_writer.h"

namespace fool::onnx {

inline std::string ints(const std::string& name, const std::vector<std::int64_t>& values) {
  std::string message = bytes_field(1, name) + number_field(20, 7);
  for (const std::int64_t value : values) {
    message += number_field(8, static_cast<std::uint64_t>(value));
  }
  return bytes_field(5, message);
}

inline std::string integer(const std::string& name, std::int64_t value) {
  return bytes_field(5, bytes_field(1, name) + number_field(20, 2) +
                            number_field(3, static_cast<std::uint64_t>(value)));
}

inline std::string node(const std::string& type, const std::vector<std::string>& inputs,
                        const std::string& output, const std::string& attributes = "") {
  std::string message;
  for (const std::string& input : inputs) message += bytes_field(1, input);
  return bytes_field(1, message + bytes_field(2, output) + bytes_field(3, "node_" + output) +
                            bytes_field(4, type) + attributes);
}

// data_type: 1 for float, 7 for int64.
inline std::string constant(const std::string& name, const std::vector<std::int64_t>& shape,
                            const std::string& raw, int data_type = 1) {
  std::string message;
  for (const std::int64_t dim : shape) message += number_field(1, static_cast<std::uint64_t>(dim));
  return bytes_field(5, message + number_field(2, static_cast<std::uint64_t>(data_type)) +
                            bytes_field(8, name) + bytes_field(9, raw));
}

inline std::string value(int field, const std::string& name,
                         const std::vector<std::int64_t>& shape) {
  std::string dims;
  for (const std::int64_t dim : shape) {
    dims += bytes_field(1, number_field(1, static_cast<std::uint64_t>(dim)));
  }
  const std::string tensor = number_field(1, 1) + bytes_field(2, dims);
  return bytes_field(field, bytes_field(1, name) + bytes_field(2, bytes_field(1, tensor)));
}

inline std::string input(const std::string& name, const std::vector<std::int64_t>& shape) {
  return value(11, name, shape);
}
inline std::string output(const std::string& name, const std::vector<std::int64_t>& shape) {
  return value(12, name, shape);
}

// The graph: nodes, constants, inputs and outputs.
inline std::string model(const std::string& graph) {
  return number_field(1, 7) + bytes_field(7, graph + bytes_field(2, "graph")) +
         bytes_field(8, number_field(2, 11));
}

}  // namespace fool::onnx
