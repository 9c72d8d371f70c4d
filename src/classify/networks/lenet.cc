#include "classify/networks/lenet.h"

#include <memory>

#include "fool/core/error.h"
#include "fool/model/recognise.h"

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

InputSpec usual_input() {
  InputSpec input;
  input.height = 28;
  input.width = 28;
  input.channels = ChannelOrder::kGray;
  input.scale = 1.0F / 255.0F;
  input.mean = {0.0F};
  input.std = {1.0F};
  return input;
}

[[maybe_unused]] const bool recognised_lenet =
    Signatures::instance().add({"lenet",
                                {{"conv1.weight", {20, 1, 5, 5}},
                                 {"conv2.weight", {50, 20, 5, 5}},
                                 {"fc1.weight", {500, 800}},
                                 {"fc2.weight", {0, 500}}},
                                {},
                                "fc2.weight",
                                usual_input()});

}  // namespace
}  // namespace fool
