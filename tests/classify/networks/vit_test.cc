#include <gmock/gmock.h>

#include "classify/network.h"
#include "classify/random_network.h"
#include "fakes/expect_error.h"

// What the network computes is tested in networks_test.cc.
namespace fool {
namespace {

std::unique_ptr<NativeNetwork> make(const ModelSpec& spec) {
  return NetworkRegistry::instance().find("vit_b_16", "").make(Json::object(), spec);
}

TEST(VisionTransformer, TakesTheNamesOfOlderFiles) {
  const auto network = make(colour_spec("net.pth", 32, 10));
  const std::string mlp = "encoder.layers.encoder_layer_11.mlp.";
  std::map<std::string, TensorView> tensors;
  tensors[mlp + "linear_1.weight"].shape = {1};
  tensors[mlp + "linear_2.bias"].shape = {2};
  tensors["heads.head.bias"].shape = {3};
  network->rename(tensors);
  EXPECT_EQ(tensors.size(), 3U);
  EXPECT_EQ(tensors.at(mlp + "0.weight").shape[0], 1);
  EXPECT_EQ(tensors.at(mlp + "3.bias").shape[0], 2);
}

TEST(VisionTransformer, HasAPositionForEveryPatch) {
  ModelSpec spec = colour_spec("net.pth", 48, 10);
  spec.input.width = 32;
  const auto parameters = make(spec)->named_parameters();
  EXPECT_EQ(parameters["encoder.pos_embedding"].size(1), 3 * 2 + 1);
  spec.architecture = "vit_b_16";
  spec.input.width = 40;
  EXPECT_EQ(error_message(ErrorKind::kModel, [&] { make(spec); }),
            "net.json: vit_b_16 cuts images into patches of 16x16, the card says 40x48, which they "
            "do not fill");
}

}  // namespace
}  // namespace fool
