#include "classify/graph_network.h"

#include <array>
#include <limits>
#include <utility>

namespace fool {
namespace {

std::size_t at(int value) { return static_cast<std::size_t>(value); }

std::array<std::int64_t, 2> wide(const std::array<int, 2>& a) { return {a[0], a[1]}; }

torch::Tensor padded(const Window& w, const torch::Tensor& x, double value) {
  return torch::constant_pad_nd(x, {w.before[1], w.after[1], w.before[0], w.after[0]}, value);
}

torch::Tensor activated(const LayerActivation& f, const torch::Tensor& x) {
  switch (f.kind) {
    case LayerActivation::Kind::kRelu:
      return f.low == 0.0F ? torch::relu(x) : torch::leaky_relu(x, f.low);
    case LayerActivation::Kind::kClamp:
      return torch::clamp(x, f.low, f.high);
    case LayerActivation::Kind::kNone:
      break;
  }
  return x;
}

torch::Tensor convolution(const Layer& layer, const torch::Tensor& x) {
  const Window& w = layer.window;
  const bool even = w.before == w.after;
  return torch::conv2d(even ? x : padded(w, x, 0), layer.weight, layer.bias, wide(w.stride),
                       even ? wide(w.before) : wide({0, 0}), wide(w.dilation), layer.groups);
}

torch::Tensor average_pool(const Layer& layer, const torch::Tensor& x) {
  const Window& w = layer.window;
  if (w.size[0] == x.size(2) && w.size[1] == x.size(3)) {
    return torch::mean(x, {2, 3}, /*keepdim=*/true);
  }
  return torch::avg_pool2d(x, wide(w.size), wide(w.stride), wide(w.before), /*ceil_mode=*/false,
                           layer.counts_padding);
}

torch::Tensor response_norm(const Layer& layer, const torch::Tensor& x) {
  const auto& norm = layer.response_norm;
  const int before = norm.size / 2;
  const torch::Tensor squares =
      torch::constant_pad_nd(x.square(), {0, 0, 0, 0, before, norm.size - 1 - before});
  torch::Tensor sum = squares.narrow(1, 0, x.size(1));
  for (int i = 1; i < norm.size; ++i) sum = sum + squares.narrow(1, i, x.size(1));
  return x / (sum * (norm.alpha / static_cast<float>(norm.size)) + norm.k).pow(norm.beta);
}

// Without sum and activation.
torch::Tensor compute(const Layer& layer, const std::vector<torch::Tensor>& values) {
  const torch::Tensor& x = values[at(layer.inputs[0])];
  switch (layer.kind) {
    case LayerKind::kConv:
      return convolution(layer, x);
    case LayerKind::kLinear:
      return torch::linear(x.flatten(1), layer.weight.flatten(1), layer.bias)
          .view({x.size(0), -1, 1, 1});
    case LayerKind::kMaxPool:
      return max_pool(layer.window, x);
    case LayerKind::kAveragePool:
      return average_pool(layer, x);
    case LayerKind::kResponseNorm:
      return response_norm(layer, x);
    case LayerKind::kAdd:
      return x + values[at(layer.inputs[1])];
    case LayerKind::kConcat: {
      std::vector<torch::Tensor> parts;
      for (const int v : layer.inputs) parts.push_back(values[at(v)]);
      return torch::cat(parts, 1);
    }
    case LayerKind::kSoftmax:
      return torch::softmax(x, 1);
    case LayerKind::kActivation:
    case LayerKind::kConvert:
      break;
  }
  return x;
}

}  // namespace

torch::Tensor max_pool(const Window& window, const torch::Tensor& x) {
  constexpr double kLeast = -std::numeric_limits<double>::infinity();
  return torch::max_pool2d(padded(window, x, kLeast), wide(window.size), wide(window.stride));
}

GraphNetwork::GraphNetwork(LayerGraph graph, torch::Device device) : graph_(std::move(graph)) {
  const torch::NoGradGuard no_gradient;
  for (Layer& layer : graph_.layers) {
    for (torch::Tensor* tensor : {&layer.weight, &layer.bias}) {
      if (tensor->defined()) *tensor = tensor->detach().to(device, torch::kFloat32).contiguous();
    }
  }
}

torch::Tensor GraphNetwork::forward(const torch::Tensor& input) {
  std::vector<torch::Tensor> values(graph_.values.size());
  values[0] = input;
  for (const Layer& layer : graph_.layers) {
    torch::Tensor y = compute(layer, values);
    if (layer.residual >= 0) y = y + values[at(layer.residual)];
    values[at(layer.output)] = activated(layer.activation, y);
  }
  return values[at(graph_.output)].flatten(1);
}

}  // namespace fool
