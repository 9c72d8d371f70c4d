#include "classify/networks/layers.h"

#include "fool/core/error.h"

namespace fool {

void place(torch::nn::Module& network, const std::string& key,
           const std::shared_ptr<torch::nn::Module>& layer) {
  const std::size_t dot = key.find('.');
  if (dot == std::string::npos) {
    network.register_module(key, layer);
    return;
  }
  const std::string group = key.substr(0, dot);
  const auto children = network.named_children();
  const auto* found = children.find(group);
  place(found != nullptr
            ? **found
            : *network.register_module(group, std::make_shared<torch::nn::Module>(group)),
        key.substr(dot + 1), layer);
}

Conv::Conv(const ConvOptions& given) : options(given) {
  weight = register_parameter("weight",
                              torch::empty({options.outputs, options.inputs / options.parts,
                                            options.kernel, options.kernel},
                                           torch::MemoryFormat::ChannelsLast),
                              false);
  bias = register_parameter(
      "bias", options.has_bias ? torch::empty({options.outputs}) : torch::Tensor(), false);
}

torch::Tensor Conv::forward(const torch::Tensor& x) const {
  return torch::conv2d(x, weight, bias, options.step, options.border, options.spread,
                       options.parts);
}

void Conv::rescale(const torch::Tensor& scale, const torch::Tensor& shift) {
  weight.mul_(scale.view({-1, 1, 1, 1}));
  bias = bias.defined() ? bias * scale + shift : shift;
  parameters_["bias"] = bias;
}

BatchNorm::BatchNorm(std::int64_t channels, double eps, std::shared_ptr<Conv> before)
    : weight(register_parameter("weight", torch::empty({channels}), false)),
      bias(register_parameter("bias", torch::empty({channels}), false)),
      running_mean(register_buffer("running_mean", torch::empty({channels}))),
      running_var(register_buffer("running_var", torch::empty({channels}))),
      eps_(eps),
      before_(std::move(before)) {}

torch::Tensor BatchNorm::forward(const torch::Tensor& x) const {
  if (folded_) return x;
  return torch::batch_norm(x, weight, bias, running_mean, running_var, /*training=*/false,
                           /*momentum=*/0.0, eps_, /*cudnn_enabled=*/false);
}

void BatchNorm::fold() {
  if (before_ == nullptr || folded_) return;
  const torch::Tensor scale = weight * (running_var + eps_).rsqrt();
  before_->rescale(scale, bias - running_mean * scale);
  folded_ = true;
}

ConvNorm add_conv_norm(torch::nn::Module& network, const std::string& conv_key,
                       const std::string& norm_key, const ConvOptions& options, double eps) {
  const auto conv = add<Conv>(network, conv_key, options);
  return {conv, add<BatchNorm>(network, norm_key, options.outputs, eps, conv)};
}

Linear::Linear(std::int64_t inputs, std::int64_t outputs, bool has_bias)
    : weight(register_parameter("weight", torch::empty({outputs, inputs}), false)),
      bias(register_parameter("bias", has_bias ? torch::empty({outputs}) : torch::Tensor(),
                              false)) {}

torch::Tensor Linear::forward(const torch::Tensor& x) const {
  return torch::linear(x, weight, bias);
}

LayerNorm::LayerNorm(std::int64_t channels, double eps)
    : weight(register_parameter("weight", torch::empty({channels}), false)),
      bias(register_parameter("bias", torch::empty({channels}), false)),
      eps_(eps) {}

torch::Tensor LayerNorm::forward(const torch::Tensor& x) const {
  return torch::layer_norm(x, {weight.size(0)}, weight, bias, eps_);
}

void fold_batch_norms(torch::nn::Module& network) {
  const torch::NoGradGuard no_gradient;
  for (const auto& module : network.modules(/*include_self=*/false)) {
    if (auto* norm = dynamic_cast<BatchNorm*>(module.get())) norm->fold();
  }
}

void expect_colour_input(const ModelSpec& spec, int at_least) {
  const ImageShape shape = spec.input.shape();
  if (shape.channels == 3 && shape.height >= at_least && shape.width >= at_least) return;
  fail(ErrorKind::kModel, "{}: {} takes colour images of {}x{} or more, the card says {} of {}x{}",
       spec.card.string(), spec.architecture, at_least, at_least,
       shape.channels == 1 ? "grey" : "colour", shape.width, shape.height);
}

}  // namespace fool
