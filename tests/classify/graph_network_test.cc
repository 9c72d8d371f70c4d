// A network as a graph of layers against the network itself.
#include "classify/graph_network.h"

#include <gtest/gtest.h>

#include "classify/mixed_network.h"
#include "classify/response_norm.h"
#include "fool/classify/classifier.h"

namespace fool {
namespace {

constexpr ImageShape kShape{43, 43, 3};

class GraphNetworkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    use_one_thread();
    torch::manual_seed(5);
    input_ = torch::randn({3, kShape.channels, kShape.height, kShape.width});
  }

  struct Result {
    torch::Tensor output;
    torch::Tensor gradient;
  };

  Result run(const std::function<torch::Tensor(const torch::Tensor&)>& network) const {
    const torch::Tensor x = input_.clone().requires_grad_();
    const torch::Tensor y = network(x);
    torch::manual_seed(6);
    return {y.detach(), torch::autograd::grad({y}, {x}, {torch::randn(y.sizes())})[0]};
  }

  void expect_same(const std::function<torch::Tensor(const torch::Tensor&)>& network) const {
    GraphNetwork graph(trace_layers(network, kShape), torch::kCPU);
    const Result expected = run(network);
    const Result found = run([&](const torch::Tensor& x) { return graph.forward(x); });
    ASSERT_EQ(found.output.sizes(), expected.output.sizes());
    EXPECT_TRUE(torch::allclose(found.output, expected.output, 1e-5, 1e-6));
    EXPECT_TRUE(torch::allclose(found.gradient, expected.gradient, 1e-4, 1e-6));
  }

  torch::Tensor input_;
};

TEST_F(GraphNetworkTest, EveryLayerGivesTheSameOutputAndGradient) {
  MixedNetwork network(10);
  expect_same([&](const torch::Tensor& x) { return network.forward(x); });
}

// A stride leaves the last row of padding unread; rounding up adds one.
TEST_F(GraphNetworkTest, PoolingReadsWhatThePaddingLeaves) {
  for (const int size : {2, 3}) {
    for (const int padding : {0, 1}) {
      for (const bool rounded_up : {false, true}) {
        expect_same([&](const torch::Tensor& x) {
          return torch::max_pool2d(x, size, 2, padding, 1, rounded_up).mean({2, 3});
        });
      }
      expect_same([&](const torch::Tensor& x) {
        return torch::avg_pool2d(x, size, 2, padding, false, /*count_include_pad=*/padding == 0)
            .mean({2, 3});
      });
    }
  }
}

TEST_F(GraphNetworkTest, SoftmaxAndResponseNorm) {
  expect_same([](const torch::Tensor& x) {
    return torch::softmax(response_norm(x, 3, 0.5, 0.75, 2).mean({2, 3}), 1);
  });
}

TEST_F(GraphNetworkTest, LeakyAndClampedActivations) {
  expect_same([](const torch::Tensor& x) {
    return (torch::leaky_relu(x, 0.1) + torch::hardtanh(x, 0, 6)).mean({2, 3});
  });
}

}  // namespace
}  // namespace fool
