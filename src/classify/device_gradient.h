// Gradients of a network on an NVIDIA device: LibTorch's own operations in float32, in an order of
// memory for which all of them are deterministic.
#pragma once

#include <memory>
#include <shared_mutex>

#include "classify/layer_graph.h"
#include "fool/classify/classifier.h"

namespace fool {

namespace cuda {
class Stream;
}

// Shared by the clones of a classifier: they may call it from several threads at once.
class DeviceGradient {
 public:
  virtual ~DeviceGradient() = default;

  // As Classifier::input_gradient(), in the caller's stream.
  virtual void compute(const cuda::Stream& stream, const ImageBatch& images,
                       Span<const int> classes, Objective objective, Span<float> probabilities,
                       Span<float> gradient) = 0;
};

// Nothing is sent to the device before the first gradient.
std::shared_ptr<DeviceGradient> make_device_gradient(LayerGraph layers, const ModelSpec& spec,
                                                     int device);

// Held alone while a network's run is captured, shared while LibTorch computes beside it: CUDA
// breaks off a capture during which another thread allocates.
std::shared_mutex& capture_turn();

}  // namespace fool
