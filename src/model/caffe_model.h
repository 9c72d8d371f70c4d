// The weights of a Caffe network (.caffemodel), new and old layer messages alike. The layers'
// geometry is not in it but in a prototxt, and not needed here. Field numbers: Caffe's public
// caffe.proto.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fool/model/safetensors.h"

namespace fool {

struct CaffeLayer {
  std::string name;               // "conv1"
  std::vector<TensorView> blobs;  // weights, then biases
};

struct CaffeModel {
  std::string name;                     // of the network: "CaffeNet"
  std::vector<CaffeLayer> layers;       // those that have weights, in the order of the file
  std::shared_ptr<const void> storage;  // of what does not lie in the file in one piece

  // "conv1.weight", "conv1.bias", and "NAME.2" for a third blob. Throws Error(kModel), beginning
  // with `where`, for two layers of one name.
  NamedTensors tensors(const std::string& where) const;
};

// Views into `bytes`; `where` begins all messages. Throws Error(kModel).
CaffeModel parse_caffe_model(std::string_view bytes, const std::string& where);

}  // namespace fool
