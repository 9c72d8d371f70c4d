#include "classify/networks/layers.h"

#include <gmock/gmock.h>

#include "classify/random_network.h"
#include "fakes/expect_error.h"

namespace fool {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> parameter_names(const torch::nn::Module& network) {
  std::vector<std::string> names;
  for (const auto& parameter : network.named_parameters()) names.push_back(parameter.key());
  return names;
}

void randomise(torch::nn::Module& network) {
  const torch::NoGradGuard no_gradient;
  for (auto& parameter : network.named_parameters()) parameter.value().uniform_(-1, 1);
  for (auto& buffer : network.named_buffers()) buffer.value().uniform_(0.5, 2);
}

TEST(Layers, HaveTheNamesOfWeightsFiles) {
  torch::nn::Module network;
  add<Linear>(network, "features.0.deep", 2, 3);
  add<Conv>(network, "features.1", ConvOptions(3, 4, 5).bias(false));
  add<LayerNorm>(network, "last", 3, 1e-6);
  EXPECT_THAT(parameter_names(network),
              ElementsAre("features.0.deep.weight", "features.0.deep.bias", "features.1.weight",
                          "last.weight", "last.bias"));
  // A layer may also be the group of others.
  add<Linear>(network, "features.0.deep.inner", 1, 1, false);
  EXPECT_EQ(parameter_names(network)[2], "features.0.deep.inner.weight");
}

TEST(Layers, ComputeWhatLibTorchsDo) {
  torch::manual_seed(1);
  const torch::Tensor image = torch::rand({2, 4, 9, 8});
  torch::nn::Module network;
  const auto conv =
      add<Conv>(network, "conv", ConvOptions(4, 6, 3).stride(2).padding(1).dilation(2).groups(2));
  const auto norm = add<BatchNorm>(network, "norm", 4, 1e-3);
  const auto linear = add<Linear>(network, "linear", 8, 5);
  const auto layer_norm = add<LayerNorm>(network, "layer_norm", 8, 1e-6);
  randomise(network);
  EXPECT_TRUE(torch::equal(conv->forward(image), torch::conv2d(image, conv->weight, conv->bias, 2,
                                                               1, torch::IntArrayRef{2}, 2)));
  EXPECT_TRUE(torch::allclose(linear->forward(image),
                              image.matmul(linear->weight.t()) + linear->bias, 1e-4, 1e-5));
  const auto channel = [](const torch::Tensor& x) { return x.view({1, 4, 1, 1}); };
  EXPECT_TRUE(torch::allclose(norm->forward(image),
                              (image - channel(norm->running_mean)) /
                                      (channel(norm->running_var) + 1e-3).sqrt() *
                                      channel(norm->weight) +
                                  channel(norm->bias),
                              1e-4, 1e-5));
  const torch::Tensor mean = image.mean(3, true);
  const torch::Tensor variance = (image - mean).square().mean(3, true);
  EXPECT_TRUE(torch::allclose(
      layer_norm->forward(image),
      (image - mean) / (variance + 1e-6).sqrt() * layer_norm->weight + layer_norm->bias, 1e-4,
      1e-5));
}

TEST(Layers, FoldingKeepsTheFunction) {
  torch::manual_seed(1);
  for (const bool bias : {false, true}) {
    torch::nn::Module network;
    const ConvNorm layer =
        add_conv_norm(network, "conv", "norm", ConvOptions(3, 5, 3).bias(bias), 1e-3);
    randomise(network);
    const torch::Tensor image = torch::rand({2, 3, 6, 6});
    const torch::Tensor expected = layer.forward(image);
    const torch::Tensor statistics = layer.norm->running_mean.clone();
    fold_batch_norms(network);
    EXPECT_TRUE(torch::equal(layer.forward(image), layer.conv->forward(image)));
    EXPECT_TRUE(torch::allclose(layer.forward(image), expected, 1e-4, 1e-5));
    EXPECT_THAT(parameter_names(network)[1], "conv.bias");
    fold_batch_norms(network);  // once is enough
    EXPECT_TRUE(torch::allclose(layer.forward(image), expected, 1e-4, 1e-5));
    network.to(torch::kFloat64);  // the new bias as well
    EXPECT_EQ(layer.forward(image.to(torch::kFloat64)).scalar_type(), torch::kFloat64);
  }
}

TEST(Layers, ABatchNormWithoutAConvolutionStays) {
  torch::manual_seed(1);
  torch::nn::Module network;
  const auto norm = add<BatchNorm>(network, "norm", 3);
  randomise(network);
  const torch::Tensor image = torch::rand({1, 3, 2, 2});
  const torch::Tensor expected = norm->forward(image);
  EXPECT_FALSE(torch::equal(expected, image));
  fold_batch_norms(network);
  EXPECT_TRUE(torch::equal(norm->forward(image), expected));
}

TEST(Layers, SmallAndGreyInputsAreRefused) {
  ModelSpec spec = colour_spec("net.pt", 32, 10);
  spec.architecture = "some_net";
  expect_colour_input(spec, 32);
  EXPECT_EQ(error_message(ErrorKind::kModel, [&] { expect_colour_input(spec, 33); }),
            "net.json: some_net takes colour images of 33x33 or more, the card says colour of "
            "32x32");
  spec.input.channels = ChannelOrder::kGray;
  EXPECT_EQ(error_message(ErrorKind::kModel, [&] { expect_colour_input(spec, 32); }),
            "net.json: some_net takes colour images of 32x32 or more, the card says grey of 32x32");
}

}  // namespace
}  // namespace fool
