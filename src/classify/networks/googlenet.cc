// GoogLeNet (Szegedy et al., arXiv 1409.4842) with the tensor names and the details of torchvision:
// batch normalisation, and a 3x3 convolution where the publication has 5x5.
#include <array>
#include <memory>
#include <vector>

#include "classify/networks/layers.h"
#include "fool/model/recognise.h"

namespace fool {
namespace {

struct Unit {
  Unit(torch::nn::Module& network, const std::string& key, const ConvOptions& options)
      : layer(add_conv_norm(network, key + ".conv", key + ".bn", ConvOptions(options).bias(false),
                            /*eps=*/1e-3)) {}
  torch::Tensor forward(const torch::Tensor& x) const { return layer.forward(x).relu_(); }

  ConvNorm layer;
};

// Four branches side by side: 1x1, 3x3, "5x5", and pooling.
struct Widths {
  const char* name;
  int one, reduce3, three, reduce5, five, pooled;
};

struct Inception {
  Inception(torch::nn::Module& net, int inputs, const Widths& w)
      : branch1(net, key(w, "branch1"), {inputs, w.one, 1}),
        branch2{Unit(net, key(w, "branch2.0"), {inputs, w.reduce3, 1}),
                Unit(net, key(w, "branch2.1"), ConvOptions(w.reduce3, w.three, 3).padding(1))},
        branch3{Unit(net, key(w, "branch3.0"), {inputs, w.reduce5, 1}),
                Unit(net, key(w, "branch3.1"), ConvOptions(w.reduce5, w.five, 3).padding(1))},
        branch4(net, key(w, "branch4.1"), {inputs, w.pooled, 1}) {}

  static std::string key(const Widths& w, const char* branch) {
    return std::string(w.name) + "." + branch;
  }

  torch::Tensor forward(const torch::Tensor& x) const {
    return torch::cat({branch1.forward(x), branch2[1].forward(branch2[0].forward(x)),
                       branch3[1].forward(branch3[0].forward(x)),
                       branch4.forward(torch::max_pool2d(x, 3, 1, 1, 1, /*ceil_mode=*/true))},
                      1);
  }

  Unit branch1;
  std::array<Unit, 2> branch2, branch3;
  Unit branch4;
};

constexpr Widths kInceptions[] = {
    {"inception3a", 64, 96, 128, 16, 32, 32},     {"inception3b", 128, 128, 192, 32, 96, 64},
    {"inception4a", 192, 96, 208, 16, 48, 64},    {"inception4b", 160, 112, 224, 24, 64, 64},
    {"inception4c", 128, 128, 256, 24, 64, 64},   {"inception4d", 112, 144, 288, 32, 64, 64},
    {"inception4e", 256, 160, 320, 32, 128, 128}, {"inception5a", 256, 160, 320, 32, 128, 128},
    {"inception5b", 384, 192, 384, 48, 128, 128}};
constexpr std::size_t kFirstOf4 = 2;
constexpr std::size_t kFirstOf5 = 7;

class GoogLeNet : public NativeNetwork {
 public:
  GoogLeNet(bool transform_input, int classes)
      : transform_input_(transform_input),
        conv1_(*this, "conv1", ConvOptions(3, 64, 7).stride(2).padding(3)),
        conv2_(*this, "conv2", {64, 64, 1}),
        conv3_(*this, "conv3", ConvOptions(64, 192, 3).padding(1)) {
    int channels = 192;
    for (const Widths& widths : kInceptions) {
      inceptions_.emplace_back(*this, channels, widths);
      channels = widths.one + widths.three + widths.five + widths.pooled;
    }
    fc_ = add<Linear>(*this, "fc", channels, classes);
  }

  torch::Tensor forward(const torch::Tensor& input) override {
    torch::Tensor x = conv1_.forward(transform_input_ ? transformed(input) : input);
    x = conv3_.forward(conv2_.forward(pool(x, 3)));
    x = pool(x, 3);
    for (std::size_t i = 0; i < inceptions_.size(); ++i) {
      if (i == kFirstOf4) x = pool(x, 3);
      if (i == kFirstOf5) x = pool(x, 2);
      x = inceptions_[i].forward(x);
    }
    return fc_->forward(x.mean({2, 3}));
  }

  // The heads that help in training.
  void rename(std::map<std::string, TensorView>& tensors) const override {
    for (auto it = tensors.begin(); it != tensors.end();) {
      const bool auxiliary = it->first.rfind("aux1.", 0) == 0 || it->first.rfind("aux2.", 0) == 0;
      it = auxiliary ? tensors.erase(it) : std::next(it);
    }
  }

 private:
  static torch::Tensor pool(const torch::Tensor& x, int size) {
    return torch::max_pool2d(x, size, 2, 0, 1, /*ceil_mode=*/true);
  }

  // From ImageNet's mean and deviation to those of the original weights, 0.5 and 0.5.
  static torch::Tensor transformed(const torch::Tensor& x) {
    const auto per_channel = [](float r, float g, float b) {
      return torch::tensor({r, g, b}).view({1, 3, 1, 1});
    };
    return x * (per_channel(0.229F, 0.224F, 0.225F) / 0.5) +
           (per_channel(0.485F, 0.456F, 0.406F) - 0.5) / 0.5;
  }

  bool transform_input_;
  Unit conv1_, conv2_, conv3_;
  std::vector<Inception> inceptions_;
  std::shared_ptr<Linear> fc_;
};

std::unique_ptr<NativeNetwork> make_googlenet(const Json& settings, const ModelSpec& spec) {
  expect_colour_input(spec, 15);
  return std::make_unique<GoogLeNet>(settings.at("transform_input").get<bool>(), spec.classes);
}

FOOL_REGISTER(NetworkRegistry,
              {"googlenet",
               "GoogLeNet as torchvision has it, colour images",
               {param("transform_input", false,
                      "whether the network turns an input that was normalised with ImageNet's mean "
                      "and standard deviation into one of mean and deviation 0.5")},
               {},
               make_googlenet});

// What transform_input makes of torchvision's usual input.
InputSpec usual_input() {
  InputSpec input = torchvision_input(224);
  input.mean = input.std = {0.5F, 0.5F, 0.5F};
  return input;
}

[[maybe_unused]] const bool recognised_googlenet =
    Signatures::instance().add({"googlenet",
                                {{"conv1.conv.weight", {64, 3, 7, 7}},
                                 {"inception3a.branch1.conv.weight", {64, 192, 1, 1}},
                                 {"fc.weight", {0, 1024}}},
                                {},
                                "fc.weight",
                                usual_input()});

}  // namespace
}  // namespace fool
