// MobileNetV2 of width 1 (Sandler et al., arXiv 1801.04381) with torchvision's tensor names.
// Weights that come from TensorFlow need its padding.
#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "classify/networks/layers.h"
#include "fool/model/recognise.h"

namespace fool {
namespace {

struct Style {
  bool tensorflow_padding;
  bool relu6;
  double eps;
};

// A convolution, batch normalisation and, unless it is linear, an activation.
class Unit {
 public:
  Unit(torch::nn::Module& network, const std::string& conv_key, const std::string& norm_key,
       ConvOptions options, bool linear, const Style& style)
      : style_(style), linear_(linear), pads_(style.tensorflow_padding && options.step > 1) {
    if (!pads_) options.padding(options.kernel / 2);
    layer_ = add_conv_norm(network, conv_key, norm_key, options.bias(false), style.eps);
  }

  torch::Tensor forward(const torch::Tensor& input) const {
    torch::Tensor x = layer_.forward(pads_ ? padded(input) : input);
    if (linear_) return x;
    return style_.relu6 ? torch::hardtanh_(x, 0, 6) : x.relu_();
  }

 private:
  // As many rows and columns as give ceil(size / stride) outputs, the odd one after the image.
  torch::Tensor padded(const torch::Tensor& x) const {
    const ConvOptions& conv = layer_.conv->options;
    const auto total = [&](std::int64_t size) {
      const std::int64_t outputs = (size + conv.step - 1) / conv.step;
      return std::max<std::int64_t>((outputs - 1) * conv.step + conv.kernel - size, 0);
    };
    const std::int64_t rows = total(x.size(2));
    const std::int64_t columns = total(x.size(3));
    return torch::constant_pad_nd(x,
                                  {columns / 2, columns - columns / 2, rows / 2, rows - rows / 2});
  }

  Style style_;
  bool linear_;
  bool pads_;
  ConvNorm layer_;
};

// 1x1 to more channels, 3x3 in each channel, 1x1 to fewer.
class Block {
 public:
  Block(torch::nn::Module& network, const std::string& key, int inputs, int outputs, int stride,
        int expansion, const Style& style)
      : has_shortcut_(stride == 1 && inputs == outputs) {
    const int width = inputs * expansion;
    int place = 0;
    const auto inner = [&](const ConvOptions& options) {
      const std::string unit = fmt::format("{}.conv.{}", key, place++);
      units_.emplace_back(network, unit + ".0", unit + ".1", options, false, style);
    };
    if (expansion != 1) inner({inputs, width, 1});
    inner(ConvOptions(width, width, 3).stride(stride).groups(width));
    units_.emplace_back(network, fmt::format("{}.conv.{}", key, place),
                        fmt::format("{}.conv.{}", key, place + 1), ConvOptions(width, outputs, 1),
                        true, style);
  }

  torch::Tensor forward(const torch::Tensor& x) const {
    torch::Tensor y = x;
    for (const Unit& unit : units_) y = unit.forward(y);
    return has_shortcut_ ? y + x : y;
  }

 private:
  bool has_shortcut_;
  std::vector<Unit> units_;
};

struct Stage {
  int expansion, outputs, blocks, stride;
};
constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                             {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
constexpr int kLastWidth = 1280;

class MobileNetV2 : public NativeNetwork {
 public:
  MobileNetV2(const Style& style, int classes)
      : first_(*this, "features.0.0", "features.0.1", ConvOptions(3, 32, 3).stride(2), false,
               style) {
    int channels = 32;
    int place = 1;
    for (const Stage& stage : kStages) {
      for (int i = 0; i < stage.blocks; ++i) {
        blocks_.emplace_back(*this, fmt::format("features.{}", place++), channels, stage.outputs,
                             i == 0 ? stage.stride : 1, stage.expansion, style);
        channels = stage.outputs;
      }
    }
    const std::string last = fmt::format("features.{}", place);
    last_.emplace(*this, last + ".0", last + ".1", ConvOptions(channels, kLastWidth, 1), false,
                  style);
    classifier_ = add<Linear>(*this, "classifier.1", kLastWidth, classes);
  }

  torch::Tensor forward(const torch::Tensor& input) override {
    torch::Tensor x = first_.forward(input);
    for (const Block& block : blocks_) x = block.forward(x);
    return classifier_->forward(last_->forward(x).mean({2, 3}));
  }

 private:
  Unit first_;
  std::vector<Block> blocks_;
  std::optional<Unit> last_;
  std::shared_ptr<Linear> classifier_;
};

std::unique_ptr<NativeNetwork> make_mobilenet_v2(const Json& settings, const ModelSpec& spec) {
  expect_colour_input(spec, 16);
  const Style style{settings.at("padding") == "tensorflow_same",
                    settings.at("activation") == "relu6",
                    settings.at("batch_norm_eps").get<double>()};
  return std::make_unique<MobileNetV2>(style, spec.classes);
}

FOOL_REGISTER(
    NetworkRegistry,
    {"mobilenet_v2",
     "MobileNetV2 of width 1, colour images",
     {param("padding", "symmetric", "how images are padded: a property of the weights")
          .one_of({"symmetric", "tensorflow_same"}),
      param("activation", "relu6", "what follows a normalisation").one_of({"relu6", "relu"}),
      param("batch_norm_eps", 1e-5, "what is added to variances before they divide").range(0, 1)},
     {},
     make_mobilenet_v2});

[[maybe_unused]] const bool recognised_mobilenet_v2 =
    Signatures::instance().add({"mobilenet_v2",
                                {{"features.0.0.weight", {32, 3, 3, 3}},
                                 {"features.1.conv.1.weight", {16, 32, 1, 1}},
                                 {"features.18.0.weight", {1280, 320, 1, 1}},
                                 {"classifier.1.weight", {0, 1280}}},
                                {},
                                "classifier.1.weight",
                                torchvision_input(224)});

}  // namespace
}  // namespace fool
