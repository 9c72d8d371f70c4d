// Built-in networks and files with reference outputs are compared in networks_test.cc and
// golden_test.cc; here is what these do not have.
#include <gmock/gmock.h>
#include <torch/torch.h>

#include "classify/forward_engine.h"
#include "classify/random_network.h"
#include "classify/response_norm.h"
#include "fakes/expect_error.h"
#include "fool/classify/classifier.h"

namespace fool {
namespace {

using Function = std::function<torch::Tensor(const torch::Tensor&)>;

constexpr ImageShape kShape{9, 8, 3};
constexpr int kBatch = 6;

InputSpec input_spec() {
  InputSpec input;
  input.height = kShape.height;
  input.width = kShape.width;
  input.mean = {120.0F, 128.0F, 140.0F};
  input.std = {60.0F, 70.0F, 80.0F};
  return input;
}

class OneDnn : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_onednn()) GTEST_SKIP() << "built without oneDNN";
    use_one_thread();
    torch::manual_seed(1);
  }

  // The largest difference to LibTorch, as a share of the largest number.
  static float difference(const Function& network, Precision precision = Precision::kFloat32) {
    const torch::NoGradGuard no_gradient;
    const Preprocessor preprocessor(input_spec());
    const ImageBatch images = random_images(kBatch, kShape);
    torch::Tensor input =
        torch::empty({kBatch, 3, kShape.height, kShape.width}, torch::MemoryFormat::ChannelsLast);
    preprocessor.forward(images.bytes(), {input.data_ptr<float>(), images.bytes().size()});
    const torch::Tensor expected = network(input).contiguous();

    const auto engines =
        make_onednn_engines(trace_layers(network, kShape), preprocessor, precision);
    const auto engine = engines->make(kBatch);
    StageTimes times;
    const Span<const float> found = engine->forward(images, times);
    EXPECT_EQ(found.size(), static_cast<std::size_t>(expected.numel()));
    const torch::Tensor as_tensor =
        torch::from_blob(const_cast<float*>(found.data()), expected.sizes()).clone();
    // Again, and in another engine: the same bits.
    const Span<const float> again = engine->forward(images, times);
    EXPECT_TRUE(std::equal(again.begin(), again.end(), as_tensor.data_ptr<float>()));
    const auto other = engines->make(kBatch);
    const Span<const float> others = other->forward(images, times);
    EXPECT_TRUE(std::equal(others.begin(), others.end(), as_tensor.data_ptr<float>()));
    EXPECT_GT(times[Stage::kForward], 0.0);
    return ((as_tensor - expected).abs().max() / expected.abs().max()).item<float>();
  }
};

constexpr float kRounding = 1e-5F;

TEST_F(OneDnn, ConvolutionsOfEveryKind) {
  const torch::Tensor wide = torch::randn({20, 3, 3, 3});
  const torch::Tensor deep = torch::randn({20, 1, 3, 3});
  const torch::Tensor grouped = torch::randn({8, 10, 1, 1});
  const torch::Tensor bias = torch::randn({20});
  EXPECT_LT(difference([&](const torch::Tensor& x) {
              torch::Tensor y = torch::conv2d(x, wide, bias, 2, 1).relu();
              y = torch::leaky_relu(torch::conv2d(y, deep, torch::Tensor(), 1, 2, 2, 20), 0.1);
              return torch::hardtanh(torch::conv2d(y, grouped, torch::Tensor(), 1,
                                                   at::IntArrayRef({0, 0}), 1, 2),
                                     0, 6)
                  .mean({2, 3});
            }),
            kRounding);
}

TEST_F(OneDnn, SumsWithWhatIsAndIsNotWantedAfterwards) {
  const torch::Tensor a = torch::randn({16, 3, 1, 1});
  const torch::Tensor b = torch::randn({16, 16, 3, 3}) * 0.1;
  EXPECT_LT(difference([&](const torch::Tensor& x) {
              const torch::Tensor first = torch::conv2d(x, a);
              const torch::Tensor second = (torch::conv2d(first, b, {}, 1, 1) + first).relu();
              const torch::Tensor third = (second + torch::conv2d(second, b, {}, 1, 1)).relu();
              return (torch::max_pool2d(third, 2) + torch::max_pool2d(second, 2) +
                      torch::max_pool2d(third, 2))
                  .mean({2, 3});
            }),
            kRounding);
}

TEST_F(OneDnn, PoolingNormalisationAndConcatenation) {
  const torch::Tensor a = torch::randn({5, 3, 1, 1});
  EXPECT_LT(difference([&](const torch::Tensor& x) {
              const torch::Tensor y = response_norm(torch::conv2d(x, a).relu(), 5, 0.2, 0.75, 1);
              const torch::Tensor pooled =
                  torch::cat({torch::max_pool2d(y, 3, 2, 1),
                              torch::avg_pool2d(y, 3, 2, 1, false, /*count_include_pad=*/true),
                              torch::avg_pool2d(y, 3, 2, 1, false, /*count_include_pad=*/false)},
                             1);
              return pooled.relu().mean({2, 3});
            }),
            kRounding);
}

TEST_F(OneDnn, LinearLayersReadChannelsInTheirOrder) {
  const torch::Tensor a = torch::randn({7, 3, 3, 3});
  const torch::Tensor b = torch::randn({11, 7 * 7 * 6}) * 0.1;
  const torch::Tensor c = torch::randn({4, 11});
  EXPECT_LT(difference([&](const torch::Tensor& x) {
              const torch::Tensor y = torch::conv2d(x, a).relu().flatten(1);
              return torch::softmax(torch::linear(torch::linear(y, b).relu(), c), 1);
            }),
            kRounding);
}

TEST_F(OneDnn, BfloatIsCloseOrRefused) {
  const torch::Tensor a = torch::randn({16, 3, 3, 3});
  const torch::Tensor b = torch::randn({16, 16, 3, 3}) * 0.1;
  const torch::Tensor c = torch::randn({4, 16});
  const Function network = [&](const torch::Tensor& x) {
    const torch::Tensor first = torch::conv2d(x, a, {}, 1, 1).relu();
    const torch::Tensor second = (torch::conv2d(first, b, {}, 1, 1) + first).relu();
    return torch::linear(torch::max_pool2d(second, 2).mean({2, 3}), c);
  };
  if (!__builtin_cpu_supports("avx512bw")) {
    EXPECT_THAT(
        error_message(ErrorKind::kModel, [&] { difference(network, Precision::kBfloat16); }),
        ::testing::HasSubstr("bfloat16"));
    return;
  }
  const float narrow = difference(network, Precision::kBfloat16);
  EXPECT_LT(narrow, 0.03F);
  EXPECT_GT(narrow, kRounding);  // it was not computed in float32
}

}  // namespace
}  // namespace fool
