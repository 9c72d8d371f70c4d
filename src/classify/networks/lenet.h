// Caffe's LeNet for 28x28 grey images, the paper's MNIST network: convolutions of 20 and 50 filters
// of 5x5, each followed by 2x2 max pooling, then 500 hidden units. The trainer uses the same
// module.
#pragma once

#include "classify/network.h"

namespace fool {

struct LeNetImpl : NativeNetwork {
  explicit LeNetImpl(int classes);

  torch::Tensor forward(const torch::Tensor& input) override;  // [N, 1, 28, 28] -> logits [N, K]

  torch::nn::Conv2d conv1;
  torch::nn::Conv2d conv2;
  torch::nn::Linear fc1;
  torch::nn::Linear fc2;
};
TORCH_MODULE(LeNet);

}  // namespace fool
