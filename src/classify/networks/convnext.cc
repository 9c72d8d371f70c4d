// ConvNeXt-Tiny (Liu et al., arXiv 2201.03545) with torchvision's tensor names.
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "classify/networks/layers.h"
#include "fool/model/recognise.h"

namespace fool {
namespace {

constexpr std::array<int, 4> kWidths = {96, 192, 384, 768};
constexpr std::array<int, 4> kBlocks = {3, 3, 9, 3};
constexpr double kEps = 1e-6;

// Across the channels of every pixel; the permutations only change how memory is looked at.
torch::Tensor norm_channels(const LayerNorm& norm, const torch::Tensor& x) {
  return norm.forward(x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
}

class Block {
 public:
  Block(torch::nn::Module& network, const std::string& key, int width)
      : scale_(add<LayerScale>(network, key, width)),
        conv_(add<Conv>(network, key + ".block.0",
                        ConvOptions(width, width, 7).padding(3).groups(width))),
        norm_(add<LayerNorm>(network, key + ".block.2", width, kEps)),
        widen_(add<Linear>(network, key + ".block.3", width, 4 * width)),
        narrow_(add<Linear>(network, key + ".block.5", 4 * width, width)) {}

  torch::Tensor forward(const torch::Tensor& x) const {
    torch::Tensor y = norm_->forward(conv_->forward(x).permute({0, 2, 3, 1}));
    y = narrow_->forward(torch::gelu(widen_->forward(y))).permute({0, 3, 1, 2});
    return x + scale_->value * y;
  }

 private:
  struct LayerScale : torch::nn::Module {
    explicit LayerScale(int width)
        : value(register_parameter("layer_scale", torch::empty({width, 1, 1}), false)) {}
    torch::Tensor value;
  };

  std::shared_ptr<LayerScale> scale_;
  std::shared_ptr<Conv> conv_;
  std::shared_ptr<LayerNorm> norm_;
  std::shared_ptr<Linear> widen_, narrow_;
};

// Fewer pixels of more channels, then blocks.
struct Stage {
  std::shared_ptr<LayerNorm> norm;
  std::shared_ptr<Conv> conv;
  std::vector<Block> blocks;
};

std::string feature(int i, int j) { return fmt::format("features.{}.{}", i, j); }

class ConvNeXt : public NativeNetwork {
 public:
  explicit ConvNeXt(int classes) {
    for (int i = 0; i < 4; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const int width = kWidths[at];
      Stage& stage = stages_[at];
      if (i == 0) {  // the normalisation comes after the convolution
        stage.conv = add<Conv>(*this, feature(0, 0), ConvOptions(3, width, 4).stride(4));
        stage.norm = add<LayerNorm>(*this, feature(0, 1), width, kEps);
      } else {
        const int inputs = kWidths[at - 1];
        stage.norm = add<LayerNorm>(*this, feature(2 * i, 0), inputs, kEps);
        stage.conv = add<Conv>(*this, feature(2 * i, 1), ConvOptions(inputs, width, 2).stride(2));
      }
      for (int j = 0; j < kBlocks[at]; ++j) {
        stage.blocks.emplace_back(*this, feature(2 * i + 1, j), width);
      }
    }
    norm_ = add<LayerNorm>(*this, "classifier.0", kWidths[3], kEps);
    classifier_ = add<Linear>(*this, "classifier.2", kWidths[3], classes);
  }

  torch::Tensor forward(const torch::Tensor& input) override {
    torch::Tensor x = norm_channels(*stages_[0].norm, stages_[0].conv->forward(input));
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      if (i > 0) x = stages_[i].conv->forward(norm_channels(*stages_[i].norm, x));
      for (const Block& block : stages_[i].blocks) x = block.forward(x);
    }
    return classifier_->forward(norm_->forward(x.mean({2, 3})));
  }

 private:
  std::array<Stage, 4> stages_;
  std::shared_ptr<LayerNorm> norm_;
  std::shared_ptr<Linear> classifier_;
};

std::unique_ptr<NativeNetwork> make_convnext(const Json& settings, const ModelSpec& spec) {
  expect_colour_input(spec, 32);
  return std::make_unique<ConvNeXt>(spec.classes);
}

FOOL_REGISTER(NetworkRegistry,
              {"convnext_tiny", "ConvNeXt-Tiny, colour images", {}, {}, make_convnext});

[[maybe_unused]] const bool recognised_convnext_tiny =
    Signatures::instance().add({"convnext_tiny",
                                {{"features.0.0.weight", {96, 3, 4, 4}},
                                 {"features.5.8.layer_scale", {384, 1, 1}},
                                 {"classifier.2.weight", {0, 768}}},
                                {"features.5.9.layer_scale"},
                                "classifier.2.weight",
                                torchvision_input(224)});

}  // namespace
}  // namespace fool
