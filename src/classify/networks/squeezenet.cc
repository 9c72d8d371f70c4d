// SqueezeNet 1.0 and 1.1 (Iandola et al., arXiv 1602.07360) with the tensor names of torchvision:
// layers of a sequence count upwards, pooling and activations included.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "classify/network.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;

// A 1x1 convolution squeezes the channels, a 1x1 and a 3x3 one side by side expand them again.
struct FireImpl : torch::nn::Module {
  FireImpl(int inputs, int squeezed, int expanded)
      : squeeze(register_module("squeeze", Conv2d(inputs, squeezed, 1))),
        expand1x1(register_module("expand1x1", Conv2d(squeezed, expanded, 1))),
        expand3x3(register_module("expand3x3",
                                  Conv2d(Conv2dOptions(squeezed, expanded, 3).padding(1)))) {}

  torch::Tensor forward(const torch::Tensor& input) {
    const torch::Tensor x = squeeze->forward(input).relu_();
    return torch::cat({expand1x1->forward(x).relu_(), expand3x3->forward(x).relu_()}, 1);
  }

  Conv2d squeeze;
  Conv2d expand1x1;
  Conv2d expand3x3;
};
TORCH_MODULE(Fire);

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
    const auto features = register_module("features", std::make_shared<Container>());
    first_ = features->add(
        0, Conv2d(Conv2dOptions(3, version.first_channels, version.first_kernel).stride(2)));
    int place = 3;  // after the first convolution, its activation and a pooling
    int channels = version.first_channels;
    for (int i = 0; i < kFires; ++i) {
      if (is_pooled(i)) ++place;
      const int width = i / 2 + 1;
      fires_.push_back(features->add(place++, Fire(channels, 16 * width, 64 * width)));
      channels = 128 * width;
    }
    const auto classifier = register_module("classifier", std::make_shared<Container>());
    const int padding = settings.at("conv10_padding").get<int>();
    last_ = classifier->add(1, Conv2d(Conv2dOptions(channels, classes, 1).padding(padding)));
  }

  torch::Tensor forward(const torch::Tensor& input) override {
    torch::Tensor x = pool(first_->forward(input).relu_());
    for (int i = 0; i < kFires; ++i) {
      if (is_pooled(i)) x = pool(x);
      x = fires_[static_cast<std::size_t>(i)]->forward(x);
    }
    return last_->forward(x).relu_().mean({2, 3});
  }

 private:
  // Stands for a torch sequence: names its layers by their places.
  struct Container : torch::nn::Module {
    template <typename Layer>
    Layer add(int place, Layer layer) {
      return register_module(std::to_string(place), layer);
    }
  };

  bool is_pooled(int i) const { return i == pooled_[0] || i == pooled_[1]; }
  torch::Tensor pool(const torch::Tensor& x) const {
    return torch::max_pool2d(x, 3, 2, 0, 1, ceil_mode_);
  }

  std::array<int, 2> pooled_;
  bool ceil_mode_;
  Conv2d first_{nullptr};
  std::vector<Fire> fires_;
  Conv2d last_{nullptr};
};

std::unique_ptr<NativeNetwork> make_squeezenet(const Version& version, const Json& settings,
                                               const ModelSpec& spec) {
  const ImageShape shape = spec.input.shape();
  if (shape.channels != 3 || shape.height < 32 || shape.width < 32) {
    fail(ErrorKind::kModel,
         "{}: {} takes colour images of 32x32 or more, the card says {} of {}x{}",
         spec.card.string(), spec.architecture, shape.channels == 1 ? "grey" : "colour",
         shape.width, shape.height);
  }
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

}  // namespace
}  // namespace fool
