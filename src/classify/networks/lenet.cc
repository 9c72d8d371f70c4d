#include "classify/networks/lenet.h"

#include <memory>

#include "fool/core/error.h"

namespace fool {

LeNetImpl::LeNetImpl(int classes)
    : conv1(register_module("conv1", torch::nn::Conv2d(1, 20, 5))),
      conv2(register_module("conv2", torch::nn::Conv2d(20, 50, 5))),
      fc1(register_module("fc1", torch::nn::Linear(50 * 4 * 4, 500))),
      fc2(register_module("fc2", torch::nn::Linear(500, classes))) {}

torch::Tensor LeNetImpl::forward(const torch::Tensor& input) {
  torch::Tensor x = torch::max_pool2d(conv1->forward(input), 2);
  x = torch::max_pool2d(conv2->forward(x), 2);
  x = fc1->forward(x.flatten(1)).relu_();
  return fc2->forward(x);
}

namespace {

std::unique_ptr<NativeNetwork> make_lenet(const Json& settings, const ModelSpec& spec) {
  if (spec.input.shape() != ImageShape{28, 28, 1}) {
    fail(ErrorKind::kModel, "{}: lenet takes grey images of 28x28, the card says {} of {}x{}",
         spec.card.string(), spec.input.shape().channels == 1 ? "grey" : "colour", spec.input.width,
         spec.input.height);
  }
  return std::make_unique<LeNetImpl>(spec.classes);
}

FOOL_REGISTER(NetworkRegistry,
              {"lenet", "Caffe's LeNet: 20-50-500 units, grey 28x28", {}, {}, make_lenet});

}  // namespace
}  // namespace fool
