// The layers that native networks are made of. They differ from LibTorch's in two ways: their
// parameters have no values until a file's weights are copied into them (random ones would take
// longer than reading a file), and batch normalisation can be folded into the convolution before.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "classify/network.h"

namespace fool {

// Registers a layer under the name that a weights file has for it, such as "features.0".
void place(torch::nn::Module& network, const std::string& key,
           const std::shared_ptr<torch::nn::Module>& layer);

// Makes a layer and places it.
template <typename Layer, typename... Args>
std::shared_ptr<Layer> add(torch::nn::Module& network, const std::string& key, Args&&... args) {
  auto layer = std::make_shared<Layer>(std::forward<Args>(args)...);
  place(network, key, layer);
  return layer;
}

struct ConvOptions {
  ConvOptions(std::int64_t in, std::int64_t out, std::int64_t size)
      : inputs(in), outputs(out), kernel(size) {}
  ConvOptions& stride(std::int64_t value) { return set(step, value); }
  ConvOptions& padding(std::int64_t value) { return set(border, value); }
  ConvOptions& dilation(std::int64_t value) { return set(spread, value); }
  ConvOptions& groups(std::int64_t value) { return set(parts, value); }
  ConvOptions& bias(bool value) { return set(has_bias, value); }

  std::int64_t inputs, outputs, kernel;
  std::int64_t step = 1, border = 0, spread = 1, parts = 1;
  bool has_bias = true;

 private:
  template <typename T>
  ConvOptions& set(T& member, T value) {
    member = value;
    return *this;
  }
};

struct Conv : torch::nn::Module {
  explicit Conv(const ConvOptions& options);
  torch::Tensor forward(const torch::Tensor& x) const;
  // Makes the output of every channel scale * output + shift; both [C].
  void rescale(const torch::Tensor& scale, const torch::Tensor& shift);

  ConvOptions options;
  torch::Tensor weight;
  torch::Tensor bias;  // may be undefined
};

struct BatchNorm : torch::nn::Module {
  // `before`: the convolution whose output this normalises, or null.
  explicit BatchNorm(std::int64_t channels, double eps = 1e-5,
                     std::shared_ptr<Conv> before = nullptr);
  torch::Tensor forward(const torch::Tensor& x) const;
  void fold();

  torch::Tensor weight, bias, running_mean, running_var;

 private:
  double eps_;
  std::shared_ptr<Conv> before_;
  bool folded_ = false;
};

// A convolution and what normalises its output.
struct ConvNorm {
  torch::Tensor forward(const torch::Tensor& x) const { return norm->forward(conv->forward(x)); }

  std::shared_ptr<Conv> conv;
  std::shared_ptr<BatchNorm> norm;
};
ConvNorm add_conv_norm(torch::nn::Module& network, const std::string& conv_key,
                       const std::string& norm_key, const ConvOptions& options, double eps = 1e-5);

struct Linear : torch::nn::Module {
  Linear(std::int64_t inputs, std::int64_t outputs, bool has_bias = true);
  torch::Tensor forward(const torch::Tensor& x) const;
  torch::Tensor weight, bias;  // the bias may be undefined
};

// Over the last dimension.
struct LayerNorm : torch::nn::Module {
  LayerNorm(std::int64_t channels, double eps);
  torch::Tensor forward(const torch::Tensor& x) const;
  torch::Tensor weight, bias;

 private:
  double eps_;
};

// Folds every batch normalisation that follows a convolution directly into it: as the same
// function, and one pass over the activations less.
void fold_batch_norms(torch::nn::Module& network);

// Throws Error(kModel) unless the card has colour images of at_least x at_least or more.
void expect_colour_input(const ModelSpec& spec, int at_least);

}  // namespace fool
