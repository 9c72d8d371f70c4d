// A network as a list of layers in order of execution: what the fast engines are built from. Any
// network whose operations are known can be read into one, be it built in or a TorchScript file;
// others run in LibTorch as they are.
#pragma once

#include <torch/csrc/jit/ir/ir.h>
#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "fool/core/image.h"

namespace fool {

// Of one image in a batch; a vector is 1 x 1.
struct ValueShape {
  int channels = 0;
  int height = 1;
  int width = 1;

  std::int64_t size() const { return std::int64_t{channels} * height * width; }
};

struct LayerActivation {
  enum class Kind { kNone, kRelu, kClamp };
  Kind kind = Kind::kNone;
  float low = 0.0F;   // kRelu: slope of the negative half; kClamp: lower bound
  float high = 0.0F;  // kClamp: upper bound
};

// The window of a convolution or pooling, each as {height, width}.
struct Window {
  std::array<int, 2> size{1, 1};
  std::array<int, 2> stride{1, 1};
  std::array<int, 2> before{};  // padding
  std::array<int, 2> after{};   // padding, rounded-up sizes included
  std::array<int, 2> dilation{1, 1};
};

enum class LayerKind {
  kConv,
  kLinear,
  kMaxPool,
  kAveragePool,
  kResponseNorm,  // across channels
  kAdd,
  kConcat,  // of channels
  kActivation,
  kSoftmax,
  kConvert,  // to another precision; engines put it in themselves
};

struct Layer {
  LayerKind kind = LayerKind::kConv;
  std::vector<int> inputs;  // values; 0 is the network's input
  int output = 0;
  torch::Tensor weight;  // convolution: [O, I / groups, h, w]; linear: [O, C, H, W] of its input
  torch::Tensor bias;    // [O], or undefined
  Window window;
  int groups = 1;
  bool counts_padding = true;  // average pooling: whether padding is part of the mean
  // Response normalisation: x / (k + alpha / size * sum of squares of `size` channels)^beta.
  struct {
    int size = 0;
    float alpha = 0, beta = 0, k = 0;
  } response_norm;
  int residual = -1;           // value that is added to a convolution's or linear layer's output
  LayerActivation activation;  // of the sum
};

struct LayerGraph {
  std::vector<ValueShape> values;
  std::vector<Layer> layers;
  int output = 0;

  // Per image, of convolutions and linear layers.
  std::int64_t multiply_adds() const;
};

// Runs a network once and notes what it does. input: the shape of its images. Throws Error(kModel)
// that names the operation that no engine knows.
LayerGraph trace_layers(const std::function<torch::Tensor(const torch::Tensor&)>& network,
                        const ImageShape& input);

// The same from operations that are already written down, as in a frozen TorchScript module.
LayerGraph read_layers(const torch::jit::Graph& graph, const ImageShape& input);

}  // namespace fool
