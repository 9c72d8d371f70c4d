// oneDNN's way back through a network against LibTorch's.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "classify/forward_engine.h"
#include "classify/mixed_network.h"
#include "classify/random_network.h"
#include "classify/response_norm.h"
#include "classify/torch_classifier.h"

namespace fool {
namespace {

using Function = std::function<torch::Tensor(const torch::Tensor&)>;

constexpr int kBatch = 5;

InputSpec input_spec(int size) {
  InputSpec input;
  input.height = size;
  input.width = size;
  input.mean = {120.0F, 128.0F, 140.0F};
  input.std = {60.0F, 70.0F, 80.0F};
  return input;
}

class OneDnnGradient : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_onednn()) GTEST_SKIP() << "built without oneDNN";
    use_one_thread();
    torch::manual_seed(1);
  }

  // For random slopes of the outputs.
  static void expect_same(const Function& network, int size = 9) {
    const InputSpec spec = input_spec(size);
    const ImageShape shape = spec.shape();
    const Preprocessor preprocessor(spec);
    const ImageBatch images = random_images(kBatch, shape);
    const torch::Tensor input =
        torch::empty({kBatch, 3, size, size}, torch::MemoryFormat::ChannelsLast);
    preprocessor.forward(images.bytes(), {input.data_ptr<float>(), images.bytes().size()});
    const torch::Tensor x = input.clone().requires_grad_();
    const torch::Tensor y = network(x);
    const torch::Tensor slopes = torch::randn(y.sizes());
    const torch::Tensor expected = torch::autograd::grad({y}, {x}, {slopes})[0];

    const auto engines =
        make_onednn_engines(trace_layers(network, shape), preprocessor, Precision::kFloat32);
    const auto engine = engines->make_gradient(kBatch);
    const torch::Tensor found = torch::zeros_like(input);
    StageTimes times;
    const auto run = [&](GradientEngine& one) {
      int images_seen = 0;
      one.run(
          images,
          [&](int first, Span<const float> outputs, Span<float> slope) {
            EXPECT_EQ(first, images_seen);
            const auto row = y.size(1);
            const auto count = static_cast<std::int64_t>(outputs.size()) / row;
            const torch::Tensor of_torch = y.detach().narrow(0, first, count).contiguous();
            const torch::Tensor own =
                torch::from_blob(const_cast<float*>(outputs.data()), {count, row});
            EXPECT_TRUE(torch::allclose(own, of_torch, 1e-4, 1e-5)) << first;
            const torch::Tensor given = slopes.narrow(0, first, count).contiguous();
            std::copy_n(given.data_ptr<float>(), slope.size(), slope.data());
            images_seen += static_cast<int>(count);
          },
          {found.data_ptr<float>(), images.bytes().size()}, times);
      EXPECT_EQ(images_seen, kBatch);
    };
    run(*engine);
    const float largest = expected.abs().max().item<float>();
    EXPECT_GT(largest, 0.0F);
    EXPECT_LT((found - expected).abs().max().item<float>(), 1e-4F * largest);
    EXPECT_GT(times[Stage::kForward], 0.0);
    // Again, and in another engine: the same bits.
    const torch::Tensor first = found.clone();
    run(*engine);
    EXPECT_TRUE(torch::equal(found, first));
    run(*engines->make_gradient(kBatch));
    EXPECT_TRUE(torch::equal(found, first));
  }
};

TEST_F(OneDnnGradient, LayersOfManyKinds) {
  MixedNetwork network(10);
  expect_same([&](const torch::Tensor& x) { return network.forward(x); }, 43);
}

TEST_F(OneDnnGradient, ConvolutionsOfEveryKind) {
  const torch::Tensor wide = torch::randn({20, 3, 3, 3});
  const torch::Tensor deep = torch::randn({20, 1, 3, 3});
  const torch::Tensor grouped = torch::randn({8, 10, 1, 1});
  const torch::Tensor bias = torch::randn({20});
  expect_same([&](const torch::Tensor& x) {
    const torch::Tensor padded = torch::constant_pad_nd(x, {0, 1, 1, 2});
    torch::Tensor y = torch::conv2d(padded, wide, bias, 2).relu();
    y = torch::leaky_relu(torch::conv2d(y, deep, torch::Tensor(), 1, 2, 2, 20), 0.1);
    return torch::hardtanh(
               torch::conv2d(y, grouped, torch::Tensor(), 1, at::IntArrayRef({0, 0}), 1, 2), -1, 2)
        .mean({2, 3});
  });
}

// Slopes come back from several readers, and from sums within a convolution and beside it.
TEST_F(OneDnnGradient, ValuesThatAreReadSeveralTimes) {
  const torch::Tensor a = torch::randn({16, 3, 1, 1});
  const torch::Tensor b = torch::randn({16, 16, 3, 3}) * 0.1;
  expect_same([&](const torch::Tensor& x) {
    const torch::Tensor first = torch::conv2d(x, a);
    const torch::Tensor second = (torch::conv2d(first, b, {}, 1, 1) + first).relu();
    const torch::Tensor third = (second + torch::conv2d(second, b, {}, 1, 1)).relu();
    return (torch::cat({torch::max_pool2d(third, 2), torch::max_pool2d(second, 2)}, 1) +
            torch::cat({torch::max_pool2d(second, 2), torch::max_pool2d(third, 2).relu()}, 1))
        .mean({2, 3});
  });
}

TEST_F(OneDnnGradient, PoolingNormalisationAndConcatenation) {
  const torch::Tensor a = torch::randn({5, 3, 1, 1});
  expect_same([&](const torch::Tensor& x) {
    const torch::Tensor y = response_norm(torch::conv2d(x, a).relu(), 5, 0.2, 0.75, 1);
    const torch::Tensor pooled =
        torch::cat({torch::max_pool2d(y, 3, 2, 1),
                    torch::avg_pool2d(y, 3, 2, 1, false, /*count_include_pad=*/true),
                    torch::avg_pool2d(y, 3, 2, 1, false, /*count_include_pad=*/false)},
                   1);
    return pooled.relu().mean({2, 3});
  });
}

TEST_F(OneDnnGradient, LinearLayersAndSoftmax) {
  const torch::Tensor a = torch::randn({7, 3, 3, 3});
  const torch::Tensor b = torch::randn({11, 7 * 7 * 7}) * 0.1;
  const torch::Tensor c = torch::randn({4, 11});
  expect_same([&](const torch::Tensor& x) {
    const torch::Tensor y = torch::conv2d(x, a).relu().flatten(1);
    return torch::softmax(torch::linear(torch::linear(y, b).relu(), c), 1);
  });
}

// In an ascent images drop out one by one: no engine is made anew for those that are left, and
// their gradients are the same.
TEST_F(OneDnnGradient, OneEngineTakesBatchesOfAnySize) {
  ModelSpec spec = colour_spec("", 43, 10);
  spec.sha256 = "none";
  const auto network = std::make_shared<MixedNetwork>(10);
  const Preprocessor preprocessor(spec.input);
  const auto engines =
      make_onednn_engines(network->layers(spec.input.shape()), preprocessor, Precision::kFloat32);
  const auto engine = engines->make_gradient(kBatch);
  EXPECT_TRUE(engine->takes(1));
  EXPECT_TRUE(engine->takes(kBatch));

  TorchClassifier classifier(spec, network, "test", {"onednn"});
  const ImageBatch images = random_images(kBatch, spec.input.shape());
  ImageBatch first(1, spec.input.shape());
  std::copy_n(images.bytes().begin(), first.bytes().size(), first.bytes().begin());
  const std::vector<int> classes = {4, 3, 3, 9, 1};
  std::vector<float> p(kBatch * 10), all(images.bytes().size()), own(first.bytes().size());
  classifier.input_gradient(images, classes, Objective::kLogProbability, p, all);
  classifier.input_gradient(first, {classes.data(), 1}, Objective::kLogProbability,
                            Span<float>(p).first(10), own);
  EXPECT_TRUE(std::equal(own.begin(), own.end(), all.begin()));
}

// Then the whole batch goes through at once.
TEST_F(OneDnnGradient, LargeLinearLayers) {
  const torch::Tensor a = torch::randn({2100, 2000}) * 0.02;
  const torch::Tensor b = torch::randn({2000, 9 * 9 * 3}) * 0.05;
  const torch::Tensor c = torch::randn({4, 2100}) * 0.05;
  const Function network = [&](const torch::Tensor& x) {
    const torch::Tensor y = torch::linear(x.flatten(1), b).relu();
    return torch::linear(torch::linear(y, a).relu(), c);
  };
  expect_same(network);
  const InputSpec spec = input_spec(9);
  const auto engine = make_onednn_engines(trace_layers(network, spec.shape()), Preprocessor(spec),
                                          Precision::kFloat32)
                          ->make_gradient(kBatch);
  EXPECT_TRUE(engine->takes(kBatch));
  EXPECT_FALSE(engine->takes(1));
}

// What the classifier makes of it, against the classifier without the engine.
TEST_F(OneDnnGradient, ClassifiersAgree) {
  ModelSpec spec = colour_spec("", 43, 10);
  spec.sha256 = "none";
  const auto network = std::make_shared<MixedNetwork>(10);
  TorchClassifier slow(spec, network, "test", {"torch"});
  TorchClassifier fast(spec, network, "test", {"onednn"});
  const ImageBatch images = random_images(kBatch, spec.input.shape());
  const std::vector<int> classes = {0, 3, 3, 9, 1};
  for (const Objective objective :
       {Objective::kProbability, Objective::kLogProbability, Objective::kLogit}) {
    std::vector<float> p(kBatch * 10), q(kBatch * 10);
    std::vector<float> expected(images.bytes().size()), found(images.bytes().size());
    slow.input_gradient(images, classes, objective, p, expected);
    fast.input_gradient(images, classes, objective, q, found);
    float largest = 0;
    for (const float x : expected) largest = std::max(largest, std::abs(x));
    for (std::size_t i = 0; i < p.size(); ++i) ASSERT_NEAR(q[i], p[i], 1e-5F);
    for (std::size_t i = 0; i < found.size(); ++i)
      ASSERT_NEAR(found[i], expected[i], 1e-4F * largest) << i;
  }
}

}  // namespace
}  // namespace fool
