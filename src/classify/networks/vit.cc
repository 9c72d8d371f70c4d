// Vision Transformer ViT-B/16 (Dosovitskiy et al., arXiv 2010.11929) with torchvision's tensor
// names.
#include <cmath>
#include <memory>
#include <vector>

#include "classify/networks/layers.h"
#include "fool/model/recognise.h"

namespace fool {
namespace {

constexpr int kPatch = 16;
constexpr int kWidth = 768;
constexpr int kHidden = 3072;
constexpr int kHeads = 12;
constexpr int kLayers = 12;
constexpr double kEps = 1e-6;

// A tensor of its own, such as the position embedding.
struct Embedding : torch::nn::Module {
  Embedding(const char* name, torch::IntArrayRef shape)
      : value(register_parameter(name, torch::empty(shape), false)) {}
  torch::Tensor value;
};

// Attention between all patches; the projections to query, key and value lie in one matrix.
class Attention {
 public:
  Attention(torch::nn::Module& network, const std::string& key)
      : in_(add<Projection>(network, key)),
        out_(add<Linear>(network, key + ".out_proj", kWidth, kWidth)) {}

  // [N, L, D] -> [N, L, D]
  torch::Tensor forward(const torch::Tensor& x) const {
    const std::int64_t n = x.size(0);
    const std::int64_t length = x.size(1);
    constexpr std::int64_t kDepth = kWidth / kHeads;
    const torch::Tensor qkv = torch::linear(x, in_->weight, in_->bias)
                                  .view({n, length, 3, kHeads, kDepth})
                                  .permute({2, 0, 3, 1, 4});  // [3, N, heads, L, depth]
    const torch::Tensor scaled = qkv[0] * (1.0 / std::sqrt(static_cast<double>(kDepth)));
    const torch::Tensor weights = scaled.matmul(qkv[1].transpose(2, 3)).softmax(3);
    return out_->forward(weights.matmul(qkv[2]).transpose(1, 2).reshape({n, length, kWidth}));
  }

 private:
  struct Projection : torch::nn::Module {
    Projection()
        : weight(register_parameter("in_proj_weight", torch::empty({3 * kWidth, kWidth}), false)),
          bias(register_parameter("in_proj_bias", torch::empty({3 * kWidth}), false)) {}
    torch::Tensor weight, bias;
  };

  std::shared_ptr<Projection> in_;
  std::shared_ptr<Linear> out_;
};

class EncoderLayer {
 public:
  EncoderLayer(torch::nn::Module& network, const std::string& key)
      : norm1_(add<LayerNorm>(network, key + ".ln_1", kWidth, kEps)),
        attention_(network, key + ".self_attention"),
        norm2_(add<LayerNorm>(network, key + ".ln_2", kWidth, kEps)),
        mlp1_(add<Linear>(network, key + ".mlp.0", kWidth, kHidden)),
        mlp2_(add<Linear>(network, key + ".mlp.3", kHidden, kWidth)) {}

  torch::Tensor forward(const torch::Tensor& input) const {
    const torch::Tensor x = input + attention_.forward(norm1_->forward(input));
    return x + mlp2_->forward(torch::gelu(mlp1_->forward(norm2_->forward(x))));
  }

 private:
  std::shared_ptr<LayerNorm> norm1_;
  Attention attention_;
  std::shared_ptr<LayerNorm> norm2_;
  std::shared_ptr<Linear> mlp1_, mlp2_;
};

class VisionTransformer : public NativeNetwork {
 public:
  VisionTransformer(int patches, int classes)
      : class_token_(register_parameter("class_token", torch::empty({1, 1, kWidth}), false)),
        patches_(add<Conv>(*this, "conv_proj", ConvOptions(3, kWidth, kPatch).stride(kPatch))),
        position_(add<Embedding>(*this, "encoder", "pos_embedding",
                                 torch::IntArrayRef{1, patches + 1, kWidth})) {
    for (int i = 0; i < kLayers; ++i) {
      layers_.emplace_back(*this, fmt::format("encoder.layers.encoder_layer_{}", i));
    }
    norm_ = add<LayerNorm>(*this, "encoder.ln", kWidth, kEps);
    head_ = add<Linear>(*this, "heads.head", kWidth, classes);
  }

  torch::Tensor forward(const torch::Tensor& input) override {
    const torch::Tensor patches = patches_->forward(input).flatten(2).transpose(1, 2);
    torch::Tensor x = torch::cat({class_token_.expand({input.size(0), 1, kWidth}), patches}, 1);
    x = x + position_->value;
    for (const EncoderLayer& layer : layers_) x = layer.forward(x);
    return head_->forward(norm_->forward(x.select(1, 0)));
  }

  // Files from before torchvision 0.14 call the layers of the perceptrons linear_1 and linear_2.
  void rename(std::map<std::string, TensorView>& tensors) const override {
    for (int i = 0; i < kLayers; ++i) {
      const std::string mlp = fmt::format("encoder.layers.encoder_layer_{}.mlp.", i);
      for (const char* kind : {".weight", ".bias"}) {
        move(tensors, mlp + "linear_1" + kind, mlp + "0" + kind);
        move(tensors, mlp + "linear_2" + kind, mlp + "3" + kind);
      }
    }
  }

 private:
  static void move(std::map<std::string, TensorView>& tensors, const std::string& from,
                   const std::string& to) {
    auto node = tensors.extract(from);
    if (node.empty()) return;
    node.key() = to;
    tensors.insert(std::move(node));
  }

  torch::Tensor class_token_;
  std::shared_ptr<Conv> patches_;
  std::shared_ptr<Embedding> position_;
  std::vector<EncoderLayer> layers_;
  std::shared_ptr<LayerNorm> norm_;
  std::shared_ptr<Linear> head_;
};

std::unique_ptr<NativeNetwork> make_vit(const Json& settings, const ModelSpec& spec) {
  expect_colour_input(spec, kPatch);
  if (spec.input.height % kPatch != 0 || spec.input.width % kPatch != 0) {
    fail(ErrorKind::kModel,
         "{}: {} cuts images into patches of {}x{}, the card says {}x{}, which they do not fill",
         spec.card.string(), spec.architecture, kPatch, kPatch, spec.input.width,
         spec.input.height);
  }
  return std::make_unique<VisionTransformer>(
      (spec.input.height / kPatch) * (spec.input.width / kPatch), spec.classes);
}

FOOL_REGISTER(NetworkRegistry,
              {"vit_b_16", "Vision Transformer ViT-B/16, colour images", {}, {}, make_vit});

[[maybe_unused]] const bool recognised_vit_b_16 =
    Signatures::instance().add({"vit_b_16",
                                {{"conv_proj.weight", {768, 3, 16, 16}},
                                 {"encoder.pos_embedding", {1, 197, 768}},
                                 {"encoder.layers.encoder_layer_11.ln_2.weight", {768}},
                                 {"heads.head.weight", {0, 768}}},
                                {"encoder.layers.encoder_layer_12.ln_2.weight"},
                                "heads.head.weight",
                                torchvision_input(224)});

}  // namespace
}  // namespace fool
