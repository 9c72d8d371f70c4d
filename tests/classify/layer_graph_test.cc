#include "classify/layer_graph.h"

#include <gmock/gmock.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include "classify/response_norm.h"
#include "fakes/expect_error.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

constexpr ImageShape kShape{9, 8, 3};

LayerGraph trace(const std::function<torch::Tensor(const torch::Tensor&)>& network) {
  return trace_layers(network, kShape);
}

// Made without being noted as an operation of the network.
torch::Tensor weights(std::vector<std::int64_t> shape) {
  const auto state = torch::jit::tracer::getTracingState();
  torch::jit::tracer::setTracingState(nullptr);
  torch::Tensor result = torch::ones(shape);
  torch::jit::tracer::setTracingState(state);
  return result;
}

TEST(LayerGraph, ActivationsAndSumsJoinTheirConvolution) {
  const LayerGraph graph = trace([](const torch::Tensor& x) {
    const torch::Tensor a = torch::conv2d(x, weights({4, 3, 3, 3}), weights({4}), 1, 1).relu();
    const torch::Tensor b = torch::conv2d(a, weights({4, 4, 1, 1}));
    return torch::hardtanh(b + a, 0, 6).mean({2, 3});
  });
  ASSERT_EQ(graph.layers.size(), 3U);
  const Layer& first = graph.layers[0];
  EXPECT_EQ(first.kind, LayerKind::kConv);
  EXPECT_EQ(first.activation.kind, LayerActivation::Kind::kRelu);
  EXPECT_EQ(first.window.before, (std::array<int, 2>{1, 1}));
  const Layer& second = graph.layers[1];
  EXPECT_EQ(second.residual, first.output);
  EXPECT_FALSE(second.bias.defined());
  EXPECT_EQ(second.activation.kind, LayerActivation::Kind::kClamp);
  EXPECT_EQ(second.activation.high, 6.0F);
  EXPECT_EQ(graph.layers[2].kind, LayerKind::kAveragePool);
  EXPECT_EQ(graph.layers[2].output, graph.output);
  EXPECT_EQ(graph.multiply_adds(), 9 * 8 * (4 * 27 + 4 * 4));
}

// The first of two summands may be the one that waits for the other.
TEST(LayerGraph, ASumIsComputedWhenBothSummandsAreThere) {
  const LayerGraph graph = trace([](const torch::Tensor& x) {
    const torch::Tensor a = torch::conv2d(x, weights({3, 3, 1, 1}));
    const torch::Tensor b = torch::max_pool2d(x, 1);
    return (a + b).mean({2, 3});
  });
  ASSERT_EQ(graph.layers.size(), 3U);
  EXPECT_EQ(graph.layers[0].kind, LayerKind::kMaxPool);
  EXPECT_EQ(graph.layers[1].kind, LayerKind::kConv);
  EXPECT_EQ(graph.layers[1].residual, graph.layers[0].output);
}

TEST(LayerGraph, AValueThatIsReadTwiceKeepsItsActivationApart) {
  const LayerGraph graph = trace([](const torch::Tensor& x) {
    const torch::Tensor a = torch::conv2d(x, weights({3, 3, 1, 1}));
    return torch::cat({a, a.relu()}, 1).mean({2, 3});
  });
  ASSERT_EQ(graph.layers.size(), 4U);
  EXPECT_EQ(graph.layers[0].activation.kind, LayerActivation::Kind::kNone);
  EXPECT_EQ(graph.layers[1].kind, LayerKind::kActivation);
  EXPECT_EQ(graph.layers[2].kind, LayerKind::kConcat);
  EXPECT_EQ(graph.values[static_cast<std::size_t>(graph.layers[2].output)].channels, 6);
}

TEST(LayerGraph, PaddingJoinsTheConvolutionAfterIt) {
  const LayerGraph graph = trace([](const torch::Tensor& x) {
    const torch::Tensor padded = torch::constant_pad_nd(x, {0, 1, 2, 3});
    return torch::conv2d(padded, weights({2, 3, 3, 3}), {}, 2).mean({2, 3});
  });
  ASSERT_EQ(graph.layers.size(), 2U);
  EXPECT_EQ(graph.layers[0].inputs, std::vector<int>{0});
  EXPECT_EQ(graph.layers[0].window.before, (std::array<int, 2>{2, 0}));
  EXPECT_EQ(graph.layers[0].window.after, (std::array<int, 2>{3, 1}));
}

// 9 pixels in windows of 2 every 2: rounded up there are 5, and the last is half outside.
TEST(LayerGraph, RoundedUpPoolingIsPadded) {
  const LayerGraph graph = trace([](const torch::Tensor& x) {
    return torch::max_pool2d(x, 2, 2, 0, 1, /*ceil_mode=*/true).mean({2, 3});
  });
  const ValueShape& pooled = graph.values[static_cast<std::size_t>(graph.layers[0].output)];
  EXPECT_EQ(pooled.height, 5);
  EXPECT_EQ(pooled.width, 4);
  EXPECT_EQ(graph.layers[0].window.after, (std::array<int, 2>{1, 0}));
}

TEST(LayerGraph, LinearLayersKnowTheImageThatTheyRead) {
  const LayerGraph graph = trace([](const torch::Tensor& x) {
    const torch::Tensor hidden = torch::linear(x.flatten(1), weights({5, 9 * 8 * 3}), weights({5}));
    return torch::softmax(torch::addmm(weights({7}), hidden.relu(), weights({7, 5}).t()), 1);
  });
  ASSERT_EQ(graph.layers.size(), 3U);
  EXPECT_EQ(graph.layers[0].weight.sizes().vec(), (std::vector<std::int64_t>{5, 3, 9, 8}));
  EXPECT_EQ(graph.layers[0].activation.kind, LayerActivation::Kind::kRelu);
  EXPECT_EQ(graph.layers[1].weight.sizes().vec(), (std::vector<std::int64_t>{7, 5, 1, 1}));
  EXPECT_EQ(graph.layers[2].kind, LayerKind::kSoftmax);
}

TEST(LayerGraph, ResponseNormIsOneLayer) {
  const LayerGraph graph = trace([](const torch::Tensor& x) {
    return response_norm(x, 3, 0.5, 0.75, 2).mean({2, 3});
  });
  ASSERT_EQ(graph.layers.size(), 2U);
  EXPECT_EQ(graph.layers[0].kind, LayerKind::kResponseNorm);
  EXPECT_EQ(graph.layers[0].response_norm.size, 3);
  EXPECT_EQ(graph.layers[0].response_norm.alpha, 0.5F);
  EXPECT_EQ(graph.layers[0].response_norm.k, 2.0F);
}

TEST(LayerGraph, WhatNoEngineKnowsIsNamed) {
  const auto message = [](const std::function<torch::Tensor(const torch::Tensor&)>& network) {
    return error_message(ErrorKind::kModel, [&] { trace(network); });
  };
  EXPECT_THAT(message([](const torch::Tensor& x) {
                return x.tanh().mean({2, 3});
              }),
              HasSubstr("no engine but LibTorch runs aten::tanh"));
  EXPECT_THAT(message([](const torch::Tensor& x) {
                return torch::constant_pad_nd(x, {1, 1}, 2);
              }),
              HasSubstr("aten::constant_pad_nd with other than zeros around an image"));
  EXPECT_THAT(message([](const torch::Tensor& x) {
                return x.mean({1, 2});
              }),
              HasSubstr("aten::mean over other than an image"));
  EXPECT_THAT(message([](const torch::Tensor& x) {
                return torch::max_pool2d(torch::constant_pad_nd(x, {1, 1, 1, 1}), 2).mean({2, 3});
              }),
              HasSubstr("aten::max_pool2d after padding"));
  EXPECT_THAT(message([](const torch::Tensor& x) { return torch::relu(x); }),
              HasSubstr("whose output is an image"));
}

}  // namespace
}  // namespace fool
