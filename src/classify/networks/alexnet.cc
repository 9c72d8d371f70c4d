// AlexNet as torchvision has it ("One weird trick", Krizhevsky, arXiv 1404.5997): without response
// normalisation and groups. The paper's network is in caffenet.cc.
#include <memory>
#include <vector>

#include "classify/networks/layers.h"
#include "fool/model/recognise.h"

namespace fool {
namespace {

class AlexNet : public NativeNetwork {
 public:
  explicit AlexNet(int classes)
      : convs_{add<Conv>(*this, "features.0", ConvOptions(3, 64, 11).stride(4).padding(2)),
               add<Conv>(*this, "features.3", ConvOptions(64, 192, 5).padding(2)),
               add<Conv>(*this, "features.6", ConvOptions(192, 384, 3).padding(1)),
               add<Conv>(*this, "features.8", ConvOptions(384, 256, 3).padding(1)),
               add<Conv>(*this, "features.10", ConvOptions(256, 256, 3).padding(1))},
        fc1_(add<Linear>(*this, "classifier.1", 256 * 6 * 6, 4096)),
        fc2_(add<Linear>(*this, "classifier.4", 4096, 4096)),
        fc3_(add<Linear>(*this, "classifier.6", 4096, classes)) {}

  torch::Tensor forward(const torch::Tensor& input) override {
    torch::Tensor x = input;
    for (std::size_t i = 0; i < convs_.size(); ++i) {
      x = convs_[i]->forward(x).relu_();
      if (i != 2 && i != 3) x = torch::max_pool2d(x, 3, 2);
    }
    x = torch::adaptive_avg_pool2d(x, {6, 6}).flatten(1);
    x = fc1_->forward(x).relu_();
    x = fc2_->forward(x).relu_();
    return fc3_->forward(x);
  }

 private:
  std::vector<std::shared_ptr<Conv>> convs_;
  std::shared_ptr<Linear> fc1_, fc2_, fc3_;
};

std::unique_ptr<NativeNetwork> make_alexnet(const Json& settings, const ModelSpec& spec) {
  expect_colour_input(spec, 63);
  return std::make_unique<AlexNet>(spec.classes);
}

FOOL_REGISTER(NetworkRegistry,
              {"alexnet", "AlexNet as torchvision has it, colour images", {}, {}, make_alexnet});

[[maybe_unused]] const bool recognised_alexnet =
    Signatures::instance().add({"alexnet",
                                {{"features.0.weight", {64, 3, 11, 11}},
                                 {"features.10.weight", {256, 256, 3, 3}},
                                 {"classifier.6.weight", {0, 4096}}},
                                {},
                                "classifier.6.weight",
                                torchvision_input(224)});

}  // namespace
}  // namespace fool
