// Writes protocol-buffer messages, and with them Caffe models, for tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/pickle_writer.h"

namespace fool {

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(value | 0x80U);
  return bytes + static_cast<char>(value);
}

inline std::string number_field(int field, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(field) << 3U) + varint(value);
}

inline std::string bytes_field(int field, const std::string& bytes) {
  return varint(static_cast<std::uint64_t>(field) << 3U | 2U) + varint(bytes.size()) + bytes;
}

struct CaffeBlob {
  std::vector<std::int64_t> shape;
  std::string floats;  // as they lie in memory
};

inline std::string caffe_blob(const CaffeBlob& blob) {
  std::string dims;
  for (const std::int64_t dim : blob.shape) dims += varint(static_cast<std::uint64_t>(dim));
  return bytes_field(7, bytes_field(1, dims)) + bytes_field(5, blob.floats);
}

// Before 2014: four dimensions, the first ones 1.
inline std::string old_caffe_blob(const CaffeBlob& blob) {
  std::string message;
  const std::size_t missing = 4 - blob.shape.size();
  for (std::size_t i = 0; i < 4; ++i) {
    const std::int64_t dim = i < missing ? 1 : blob.shape[i - missing];
    message += number_field(static_cast<int>(i) + 1, static_cast<std::uint64_t>(dim));
  }
  return message + bytes_field(5, blob.floats);
}

struct CaffeLayerMessage {
  std::string name;
  std::string type;
  std::vector<CaffeBlob> blobs;
};

inline std::string caffe_model(const std::string& name,
                               const std::vector<CaffeLayerMessage>& layers) {
  std::string net = bytes_field(1, name);
  for (const CaffeLayerMessage& layer : layers) {
    std::string message = bytes_field(1, layer.name) + bytes_field(2, layer.type);
    for (const CaffeBlob& blob : layer.blobs) message += bytes_field(7, caffe_blob(blob));
    net += bytes_field(100, message);
  }
  return net;
}

// With the layer messages of before 2014, whose type is a number.
inline std::string old_caffe_model(const std::string& name,
                                   const std::vector<CaffeLayerMessage>& layers) {
  std::string net = bytes_field(1, name);
  for (const CaffeLayerMessage& layer : layers) {
    const int type = layer.type == "Convolution" ? 4 : 14;
    std::string message =
        bytes_field(4, layer.name) + number_field(5, static_cast<std::uint64_t>(type));
    for (const CaffeBlob& blob : layer.blobs) message += bytes_field(6, old_caffe_blob(blob));
    net += bytes_field(2, message);
  }
  return net;
}

}  // namespace fool
