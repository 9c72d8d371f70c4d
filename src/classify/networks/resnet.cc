// ResNet-18, 34, 50, 101 and 152 (He et al., arXiv 1512.03385) with torchvision's tensor names, and
// as there with the stride of a bottleneck in its 3x3 convolution.
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "classify/networks/layers.h"
#include "fool/model/recognise.h"

namespace fool {
namespace {

struct Version {
  const char* name;
  std::array<int, 4> blocks;
  bool bottleneck;
};
constexpr Version kVersions[] = {{"resnet18", {2, 2, 2, 2}, false},
                                 {"resnet34", {3, 4, 6, 3}, false},
                                 {"resnet50", {3, 4, 6, 3}, true},
                                 {"resnet101", {3, 4, 23, 3}, true},
                                 {"resnet152", {3, 8, 36, 3}, true}};

// Two 3x3 convolutions, or a 3x3 between two of 1x1, and what goes around them.
class Block {
 public:
  Block(torch::nn::Module& network, const std::string& key, bool bottleneck, int inputs, int width,
        int stride) {
    const int outputs = bottleneck ? 4 * width : width;
    const auto conv = [&](int i, const ConvOptions& options) {
      const std::string number = std::to_string(i);
      convs_.push_back(add_conv_norm(network, key + ".conv" + number, key + ".bn" + number,
                                     ConvOptions(options).bias(false)));
    };
    if (bottleneck) {
      conv(1, {inputs, width, 1});
      conv(2, ConvOptions(width, width, 3).stride(stride).padding(1));
      conv(3, {width, outputs, 1});
    } else {
      conv(1, ConvOptions(inputs, width, 3).stride(stride).padding(1));
      conv(2, ConvOptions(width, width, 3).padding(1));
    }
    if (stride != 1 || inputs != outputs) {
      shortcut_ = add_conv_norm(network, key + ".downsample.0", key + ".downsample.1",
                                ConvOptions(inputs, outputs, 1).stride(stride).bias(false));
    }
  }

  torch::Tensor forward(const torch::Tensor& x) const {
    torch::Tensor y = convs_[0].forward(x);
    for (std::size_t i = 1; i < convs_.size(); ++i) y = convs_[i].forward(y.relu_());
    return y.add_(shortcut_ ? shortcut_->forward(x) : x).relu_();
  }

 private:
  std::vector<ConvNorm> convs_;
  std::optional<ConvNorm> shortcut_;
};

class ResNet : public NativeNetwork {
 public:
  ResNet(const Version& version, int classes)
      : first_(add_conv_norm(*this, "conv1", "bn1",
                             ConvOptions(3, 64, 7).stride(2).padding(3).bias(false))) {
    int channels = 64;
    for (int stage = 0; stage < 4; ++stage) {
      const int width = 64 << stage;
      for (int i = 0; i < version.blocks[static_cast<std::size_t>(stage)]; ++i) {
        blocks_.emplace_back(*this, fmt::format("layer{}.{}", stage + 1, i), version.bottleneck,
                             channels, width, stage > 0 && i == 0 ? 2 : 1);
        channels = version.bottleneck ? 4 * width : width;
      }
    }
    fc_ = add<Linear>(*this, "fc", channels, classes);
  }

  torch::Tensor forward(const torch::Tensor& input) override {
    torch::Tensor x = torch::max_pool2d(first_.forward(input).relu_(), 3, 2, 1);
    for (const Block& block : blocks_) x = block.forward(x);
    return fc_->forward(x.mean({2, 3}));
  }

 private:
  ConvNorm first_;
  std::vector<Block> blocks_;
  std::shared_ptr<Linear> fc_;
};

// The last block of every stage is there, the next one is not.
Signature signature_of(const Version& version) {
  Signature signature{version.name, {}, {}, "fc.weight", torchvision_input(224)};
  signature.has["conv1.weight"] = {64, 3, 7, 7};
  signature.has["fc.weight"] = {0, version.bottleneck ? 2048 : 512};
  for (int stage = 0; stage < 4; ++stage) {
    const int blocks = version.blocks[static_cast<std::size_t>(stage)];
    const std::int64_t width = 64 << stage;
    const auto conv1 = [&](int i) { return fmt::format("layer{}.{}.conv1.weight", stage + 1, i); };
    if (version.bottleneck) {
      signature.has[conv1(blocks - 1)] = {width, 4 * width, 1, 1};
    } else {
      signature.has[conv1(blocks - 1)] = {width, width, 3, 3};
    }
    signature.lacks.push_back(conv1(blocks));
  }
  return signature;
}

void register_version(const Version& version) {
  NetworkRegistry::instance().add(
      {version.name,
       fmt::format("ResNet-{}, colour images", std::string(version.name).substr(6)),
       {},
       {},
       [version](const Json& settings, const ModelSpec& spec) {
         expect_colour_input(spec, 16);
         return std::make_unique<ResNet>(version, spec.classes);
       }});
}

[[maybe_unused]] const bool registered = [] {
  for (const Version& version : kVersions) {
    register_version(version);
    Signatures::instance().add(signature_of(version));
  }
  return true;
}();

}  // namespace
}  // namespace fool
