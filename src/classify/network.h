// A network behind a LibTorch backend: normalised input in, raw output out. Native networks are
// torch modules whose parameters carry the names of the weights file; a new one is one file here.
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>

#include "classify/layer_graph.h"
#include "fool/core/registry.h"
#include "fool/model/model_spec.h"
#include "fool/model/safetensors.h"

namespace fool {

// Shared by the clones of a classifier: forward may be called from several threads at once.
class Network {
 public:
  virtual ~Network() = default;

  // input: [N, C, H, W] f32 in the network's channel order, in memory channels last -> [N, K].
  virtual torch::Tensor forward(const torch::Tensor& input) = 0;

  // What forward does, for engines that do it faster. Throws Error(kModel) that names an operation
  // which they do not know.
  virtual LayerGraph layers(const ImageShape& input);
};

class NativeNetwork : public torch::nn::Module, public Network {
 public:
  // Gives the tensors of a file the names of the parameters they are for, where files exist that
  // name them otherwise, and removes those that the network has no use for.
  virtual void rename(std::map<std::string, TensorView>& tensors) const {}
};

// By ModelSpec::architecture; the settings are the card's options. A maker throws Error(kModel)
// where the card's input does not suit the network. The weights are loaded by the native backend.
using NetworkRegistry = Registry<NativeNetwork, const ModelSpec&>;

}  // namespace fool
