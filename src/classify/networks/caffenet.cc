// The BVLC reference networks, with the layer names of their prototxts: CaffeNet (the paper's)
// pools before it normalises, AlexNet (Krizhevsky et al. 2012) normalises before it pools.
#include <memory>
#include <vector>

#include "classify/networks/layers.h"
#include "classify/response_norm.h"
#include "fool/model/recognise.h"

namespace fool {
namespace {

enum class Order { kPoolThenNormalise, kNormaliseThenPool };

torch::Tensor normalise_response(const torch::Tensor& x) {
  return response_norm(x, 5, 1e-4, 0.75, 1);
}

torch::Tensor pool(const torch::Tensor& x) {
  return torch::max_pool2d(x, 3, 2, 0, 1, /*ceil_mode=*/true);
}

class CaffeNet : public NativeNetwork {
 public:
  CaffeNet(Order order, const ModelSpec& spec)
      : order_(order),
        convs_{add<Conv>(*this, "conv1", ConvOptions(3, 96, 11).stride(4)),
               add<Conv>(*this, "conv2", ConvOptions(96, 256, 5).padding(2).groups(2)),
               add<Conv>(*this, "conv3", ConvOptions(256, 384, 3).padding(1)),
               add<Conv>(*this, "conv4", ConvOptions(384, 384, 3).padding(1).groups(2)),
               add<Conv>(*this, "conv5", ConvOptions(384, 256, 3).padding(1).groups(2))},
        fc6_(add<Linear>(*this, "fc6", 256 * 6 * 6, 4096)),
        fc7_(add<Linear>(*this, "fc7", 4096, 4096)),
        fc8_(add<Linear>(*this, "fc8", 4096, spec.classes)) {}

  torch::Tensor forward(const torch::Tensor& input) override {
    torch::Tensor x = input;
    for (std::size_t i = 0; i < convs_.size(); ++i) {
      x = convs_[i]->forward(x).relu_();
      if (i < 2) {
        x = order_ == Order::kPoolThenNormalise ? normalise_response(pool(x))
                                                : pool(normalise_response(x));
      }
    }
    x = fc6_->forward(pool(x).flatten(1)).relu_();
    x = fc7_->forward(x).relu_();
    return fc8_->forward(x);
  }

 private:
  Order order_;
  std::vector<std::shared_ptr<Conv>> convs_;
  std::shared_ptr<Linear> fc6_, fc7_, fc8_;
};

std::unique_ptr<NativeNetwork> make_caffenet(Order order, const ModelSpec& spec) {
  if (spec.input.shape() != ImageShape{227, 227, 3}) {
    fail(ErrorKind::kModel, "{}: {} takes colour images of 227x227, the card says {} of {}x{}",
         spec.card.string(), spec.architecture,
         spec.input.shape().channels == 1 ? "grey" : "colour", spec.input.width, spec.input.height);
  }
  return std::make_unique<CaffeNet>(order, spec);
}

FOOL_REGISTER(NetworkRegistry, {"caffenet",
                                "BVLC reference CaffeNet, colour images of 227x227",
                                {},
                                {},
                                [](const Json& settings, const ModelSpec& spec) {
                                  return make_caffenet(Order::kPoolThenNormalise, spec);
                                }});
FOOL_REGISTER(NetworkRegistry, {"bvlc_alexnet",
                                "AlexNet as trained by BVLC, colour images of 227x227",
                                {},
                                {},
                                [](const Json& settings, const ModelSpec& spec) {
                                  return make_caffenet(Order::kNormaliseThenPool, spec);
                                }});

InputSpec usual_input() {
  InputSpec input;
  input.height = 227;
  input.width = 227;
  input.channels = ChannelOrder::kBgr;
  input.mean = {104.0F, 117.0F, 123.0F};
  input.std = {1.0F, 1.0F, 1.0F};
  return input;
}

Signature signature(const char* architecture, const char* caffe_name) {
  return {architecture,
          {{"conv1.weight", {96, 3, 11, 11}},
           {"conv2.weight", {256, 48, 5, 5}},
           {"fc6.weight", {4096, 9216}},
           {"fc8.weight", {0, 4096}}},
          {},
          "fc8.weight",
          usual_input(),
          caffe_name};
}

// The weights of the two have the same shapes; CaffeNet is the more common.
[[maybe_unused]] const bool recognised_caffenet =
    Signatures::instance().add(signature("caffenet", ""));
[[maybe_unused]] const bool recognised_bvlc_alexnet =
    Signatures::instance().add(signature("bvlc_alexnet", "AlexNet"));

}  // namespace
}  // namespace fool
