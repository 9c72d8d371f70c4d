// A small network with layers of every kind that the engines know.
#pragma once

#include <torch/torch.h>

#include <cmath>
#include <vector>

#include "classify/network.h"

namespace fool {

// A network of layers that are all there is: convolutions side by side, sums, poolings of all
// kinds, with and without padding.
struct MixedNetwork : Network {
  explicit MixedNetwork(int classes) {
    torch::manual_seed(3);
    const auto conv = [&](int out, int in, int size) {
      weights.push_back(torch::randn({out, in, size, size}) / std::sqrt(in * size * size));
      biases.push_back(torch::randn({out}) / 10);
    };
    conv(16, 3, 3);   // 0: stem
    conv(16, 16, 1);  // 1, 2: side by side
    conv(24, 16, 3);
    conv(40, 40, 3);  // 3: with a sum
    conv(40, 1, 3);   // 4: of single channels
    weights.push_back(torch::randn({classes, 40 * 3 * 3}) / 19);
    biases.push_back(torch::randn({classes}));
  }
  torch::Tensor forward(const torch::Tensor& input) override {
    torch::Tensor x = torch::conv2d(input, weights[0], biases[0], 2).relu();
    x = torch::max_pool2d(x, 3, 2, 0, 1, true);
    x = torch::cat({torch::conv2d(x, weights[1], biases[1]).relu(),
                    torch::conv2d(x, weights[2], biases[2], 1, 1).relu()},
                   1);
    x = (torch::conv2d(x, weights[3], biases[3], 1, 1) + x).relu();
    x = torch::hardtanh(torch::conv2d(x, weights[4], biases[4], 1, 1, 1, 40), 0, 6);
    x = torch::avg_pool2d(x, 2, 2);
    x = torch::max_pool2d(x, 2, 2, 1);
    return torch::linear(x.flatten(1), weights[5], biases[5]);
  }
  LayerGraph layers(const ImageShape& input) override {
    return trace_layers([this](const torch::Tensor& x) { return forward(x); }, input);
  }
  std::vector<torch::Tensor> weights, biases;
};

}  // namespace fool
