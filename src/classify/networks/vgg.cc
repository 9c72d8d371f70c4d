// VGG-11, 13, 16 and 19, with and without batch normalisation (Simonyan, Zisserman, arXiv
// 1409.1556), with torchvision's tensor names: layers of a sequence count upwards, pooling and
// activations included.
#include <array>
#include <memory>
#include <vector>

#include "classify/networks/layers.h"
#include "fool/model/recognise.h"

namespace fool {
namespace {

struct Version {
  const char* name;
  std::array<int, 5> convs;  // in the blocks between the poolings
  bool batch_norm;
};
constexpr Version kVersions[] = {
    {"vgg11", {1, 1, 2, 2, 2}, false}, {"vgg11_bn", {1, 1, 2, 2, 2}, true},
    {"vgg13", {2, 2, 2, 2, 2}, false}, {"vgg13_bn", {2, 2, 2, 2, 2}, true},
    {"vgg16", {2, 2, 3, 3, 3}, false}, {"vgg16_bn", {2, 2, 3, 3, 3}, true},
    {"vgg19", {2, 2, 4, 4, 4}, false}, {"vgg19_bn", {2, 2, 4, 4, 4}, true}};
constexpr std::array<int, 5> kWidths = {64, 128, 256, 512, 512};

std::string feature(int place) { return "features." + std::to_string(place); }

class Vgg : public NativeNetwork {
 public:
  Vgg(const Version& version, int classes) : batch_norm_(version.batch_norm) {
    int place = 0;
    int channels = 3;
    for (std::size_t block = 0; block < kWidths.size(); ++block) {
      blocks_.emplace_back();
      for (int i = 0; i < version.convs[block]; ++i) {
        const ConvOptions options = ConvOptions(channels, kWidths[block], 3).padding(1);
        ConvNorm layer;
        if (batch_norm_) {
          layer = add_conv_norm(*this, feature(place), feature(place + 1), options);
        } else {
          layer.conv = add<Conv>(*this, feature(place), options);
        }
        blocks_.back().push_back(layer);
        place += batch_norm_ ? 3 : 2;
        channels = kWidths[block];
      }
      ++place;  // pooling
    }
    fc1_ = add<Linear>(*this, "classifier.0", channels * 7 * 7, 4096);
    fc2_ = add<Linear>(*this, "classifier.3", 4096, 4096);
    fc3_ = add<Linear>(*this, "classifier.6", 4096, classes);
  }

  torch::Tensor forward(const torch::Tensor& input) override {
    torch::Tensor x = input;
    for (const std::vector<ConvNorm>& block : blocks_) {
      for (const ConvNorm& layer : block) {
        x = (batch_norm_ ? layer.forward(x) : layer.conv->forward(x)).relu_();
      }
      x = torch::max_pool2d(x, 2);
    }
    x = torch::adaptive_avg_pool2d(x, {7, 7}).flatten(1);
    x = fc1_->forward(x).relu_();
    x = fc2_->forward(x).relu_();
    return fc3_->forward(x);
  }

 private:
  bool batch_norm_;
  std::vector<std::vector<ConvNorm>> blocks_;
  std::shared_ptr<Linear> fc1_, fc2_, fc3_;
};

// The places of the convolutions tell the versions apart.
Signature signature_of(const Version& version) {
  Signature signature{version.name, {}, {}, "classifier.6.weight", torchvision_input(224)};
  int place = 0;
  int channels = 3;
  for (std::size_t block = 0; block < kWidths.size(); ++block, ++place) {
    for (int i = 0; i < version.convs[block]; ++i) {
      signature.has[feature(place) + ".weight"] = {kWidths[block], channels, 3, 3};
      if (version.batch_norm) signature.has[feature(place + 1) + ".weight"] = {kWidths[block]};
      place += version.batch_norm ? 3 : 2;
      channels = kWidths[block];
    }
  }
  signature.has["classifier.6.weight"] = {0, 4096};
  return signature;
}

void register_version(const Version& version) {
  NetworkRegistry::instance().add(
      {version.name,
       fmt::format("VGG-{}{}, colour images", std::string(version.name).substr(3, 2),
                   version.batch_norm ? " with batch normalisation" : ""),
       {},
       {},
       [version](const Json& settings, const ModelSpec& spec) {
         expect_colour_input(spec, 32);
         return std::make_unique<Vgg>(version, spec.classes);
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
