// SqueezeNet 1.0 and 1.1 (Iandola et al., arXiv 1602.07360) with the tensor names of torchvision:
// layers of a sequence count upwards, pooling and activations included.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "classify/networks/layers.h"
#include "fool/model/recognise.h"

namespace fool {
namespace {

// A 1x1 convolution squeezes the channels, a 1x1 and a 3x3 one side by side expand them again.
struct Fire {
  Fire(torch::nn::Module& network, const std::string& key, int inputs, int squeezed, int expanded)
      : squeeze(add<Conv>(network, key + ".squeeze", ConvOptions(inputs, squeezed, 1))),
        expand1x1(add<Conv>(network, key + ".expand1x1", ConvOptions(squeezed, expanded, 1))),
        expand3x3(add<Conv>(network, key + ".expand3x3",
                            ConvOptions(squeezed, expanded, 3).padding(1))) {}

  torch::Tensor forward(const torch::Tensor& input) const {
    const torch::Tensor x = squeeze->forward(input).relu_();
    return torch::cat({expand1x1->forward(x).relu_(), expand3x3->forward(x).relu_()}, 1);
  }

  std::shared_ptr<Conv> squeeze, expand1x1, expand3x3;
};

constexpr int kFires = 8;

// What differs between the two versions.
struct Version {
  int first_channels;
  int first_kernel;
  std::array<int, 2> pooled;  // the fire modules that come after a pooling
};
constexpr Version kVersion10 = {96, 7, {3, 7}};
constexpr Version kVersion11 = {64, 3, {2, 4}};

class SqueezeNet : public NativeNetwork {
 public:
  SqueezeNet(const Version& version, const Json& settings, int classes)
      : pooled_(version.pooled), ceil_mode_(settings.at("pool_ceil_mode").get<bool>()) {
    first_ = add<Conv>(*this, "features.0",
                       ConvOptions(3, version.first_channels, version.first_kernel).stride(2));
    int place = 3;  // after the first convolution, its activation and a pooling
    int channels = version.first_channels;
    for (int i = 0; i < kFires; ++i) {
      if (is_pooled(i)) ++place;
      const int width = i / 2 + 1;
      fires_.emplace_back(*this, fmt::format("features.{}", place++), channels, 16 * width,
                          64 * width);
      channels = 128 * width;
    }
    const int padding = settings.at("conv10_padding").get<int>();
    last_ = add<Conv>(*this, "classifier.1", ConvOptions(channels, classes, 1).padding(padding));
  }

  torch::Tensor forward(const torch::Tensor& input) override {
    torch::Tensor x = pool(first_->forward(input).relu_());
    for (int i = 0; i < kFires; ++i) {
      if (is_pooled(i)) x = pool(x);
      x = fires_[static_cast<std::size_t>(i)].forward(x);
    }
    return last_->forward(x).relu_().mean({2, 3});
  }

 private:
  bool is_pooled(int i) const { return i == pooled_[0] || i == pooled_[1]; }
  torch::Tensor pool(const torch::Tensor& x) const {
    return torch::max_pool2d(x, 3, 2, 0, 1, ceil_mode_);
  }

  std::array<int, 2> pooled_;
  bool ceil_mode_;
  std::shared_ptr<Conv> first_, last_;
  std::vector<Fire> fires_;
};

std::unique_ptr<NativeNetwork> make_squeezenet(const Version& version, const Json& settings,
                                               const ModelSpec& spec) {
  expect_colour_input(spec, 32);
  return std::make_unique<SqueezeNet>(version, settings, spec.classes);
}

ParameterTable parameters() {
  return {param("conv10_padding", 0,
                "padding of the last convolution: a property of the weights (pixels)")
              .range(0, 8),
          param("pool_ceil_mode", true, "whether pooling rounds sizes up, as Caffe does")};
}

FOOL_REGISTER(NetworkRegistry, {"squeezenet1_0",
                                "SqueezeNet 1.0, colour images",
                                parameters(),
                                {},
                                [](const Json& settings, const ModelSpec& spec) {
                                  return make_squeezenet(kVersion10, settings, spec);
                                }});
FOOL_REGISTER(NetworkRegistry, {"squeezenet1_1",
                                "SqueezeNet 1.1, colour images",
                                parameters(),
                                {},
                                [](const Json& settings, const ModelSpec& spec) {
                                  return make_squeezenet(kVersion11, settings, spec);
                                }});

[[maybe_unused]] const bool recognised_squeezenet1_0 =
    Signatures::instance().add({"squeezenet1_0",
                                {{"features.0.weight", {96, 3, 7, 7}},
                                 {"features.3.squeeze.weight", {16, 96, 1, 1}},
                                 {"classifier.1.weight", {0, 512, 1, 1}}},
                                {},
                                "classifier.1.weight",
                                torchvision_input(224)});

[[maybe_unused]] const bool recognised_squeezenet1_1 =
    Signatures::instance().add({"squeezenet1_1",
                                {{"features.0.weight", {64, 3, 3, 3}},
                                 {"features.3.squeeze.weight", {16, 64, 1, 1}},
                                 {"classifier.1.weight", {0, 512, 1, 1}}},
                                {},
                                "classifier.1.weight",
                                torchvision_input(224)});

}  // namespace
}  // namespace fool
