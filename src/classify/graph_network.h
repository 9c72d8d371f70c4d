// A LayerGraph in LibTorch's own operations, one after the other: none of the engines' tricks, and
// so gradients can be taken through it, on the processor or on a device.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "classify/layer_graph.h"
#include "classify/network.h"

namespace fool {

class GraphNetwork : public Network {
 public:
  // Computes on `device`, in float32.
  GraphNetwork(LayerGraph graph, torch::Device device);

  // input: [B, C, H, W] f32 on the device -> [B, K] there.
  torch::Tensor forward(const torch::Tensor& input) override;

 private:
  LayerGraph graph_;
};

// The largest of each window, by LibTorch.
torch::Tensor max_pool(const Window& window, const torch::Tensor& x);

}  // namespace fool
