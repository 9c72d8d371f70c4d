#include "classify/native_weights.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/weights_file.h"
#include "model/caffe_model.h"

namespace fool {
namespace {

using Shape = std::vector<std::int64_t>;

// Old files give every blob four dimensions, the first ones 1.
Shape without_leading_ones(const Shape& shape) {
  return {std::find_if(shape.begin(), shape.end(), [](std::int64_t dim) { return dim != 1; }),
          shape.end()};
}

struct NamedBlob {
  std::string name;
  TensorView view;
};

std::vector<NamedBlob> blobs_of(const CaffeModel& model) {
  std::vector<NamedBlob> blobs;
  for (const CaffeLayer& layer : model.layers) {
    for (std::size_t i = 0; i < layer.blobs.size(); ++i) {
      blobs.push_back({layer.name + (i == 0   ? ".weight"
                                     : i == 1 ? ".bias"
                                              : ".more"),
                       layer.blobs[i]});
    }
  }
  return blobs;
}

// Caffe's layers have names of their own ("ip1" for "fc1"), but stand in the same order.
NamedTensors in_order(const CaffeModel& model, const NativeNetwork& network,
                      const std::string& file) {
  const auto parameters = network.named_parameters();
  const std::vector<NamedBlob> blobs = blobs_of(model);
  NamedTensors result;
  for (std::size_t i = 0; i < std::min(blobs.size(), parameters.size()); ++i) {
    const auto& [key, parameter] = parameters[i].pair();
    const Shape expected = parameter.sizes().vec();
    TensorView view = blobs[i].view;
    if (without_leading_ones(view.shape) != without_leading_ones(expected)) {
      fail(ErrorKind::kModel, "{}: {} cannot be {}: expected [{}], found [{}]", file, blobs[i].name,
           key, fmt::join(expected, ", "), fmt::join(view.shape, ", "));
    }
    view.shape = expected;
    result.tensors[key] = view;
  }
  if (blobs.size() != parameters.size()) {
    fail(ErrorKind::kModel, "{}: expected {} blobs for the network's parameters, found {}", file,
         parameters.size(), blobs.size());
  }
  return result;
}

NamedTensors read_caffe(const std::filesystem::path& path, const NativeNetwork& network) {
  struct Owner {
    explicit Owner(const std::filesystem::path& path) : file(path) {}
    MappedFile file;
    std::shared_ptr<const void> copies;
  };
  const auto owner = std::make_shared<Owner>(path);
  const CaffeModel model = parse_caffe_model(owner->file.bytes(), path.string());
  owner->copies = model.storage;
  NamedTensors weights = in_order(model, network, path.string());
  weights.storage = owner;
  return weights;
}

}  // namespace

NamedTensors read_native_weights(const std::filesystem::path& file, const NativeNetwork& network) {
  if (weights_format(file) == WeightsFormat::kCaffe) return read_caffe(file, network);
  NamedTensors weights = read_weights(file);
  network.rename(weights.tensors);
  return weights;
}

}  // namespace fool
