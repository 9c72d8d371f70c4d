#include "encoding/cppn_widening.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "encoding/cppn.h"
#include "encoding/genomes.h"

namespace fool {
namespace {

constexpr ImageShape kShape{24, 24, 3};
constexpr int kMutations = 8;  // enough for hidden nodes

const CppnGraph& graph(const GenomePtr& genome) {
  return static_cast<const CppnGenome&>(*genome).graph;
}

std::vector<std::uint8_t> picture(const Encoding& encoding, const GenomePtr& genome) {
  ImageBatch image(1, encoding.shape());
  encoding.render(*genome, image[0]);
  return {image.bytes().begin(), image.bytes().end()};
}

TEST(CppnWidening, LeavesThePictureAsItIs) {
  const auto encoding = make_encoding("cppn", kShape);
  for (std::uint32_t i = 0; i < 20; ++i) {
    const GenomePtr genome = descendant(*encoding, i, kMutations);
    const GenomePtr wide = encoding->differentiable()->widened(*genome, {1, 9, i});
    ASSERT_NE(wide, nullptr);
    check_graph(graph(wide), 3, 10);
    EXPECT_GE(graph(wide).edges.size(), graph(genome).edges.size() + kWideEdges);
    EXPECT_EQ(picture(*encoding, wide), picture(*encoding, genome)) << i;
  }
}

TEST(CppnWidening, EveryNewWeightMovesThePictureOnceTheLastAreNotZero) {
  const auto encoding = make_encoding("cppn", kShape);
  const Differentiable& by = *encoding->differentiable();
  const GenomePtr genome = descendant(*encoding, 3, kMutations);
  const GenomePtr wide = by.widened(*genome, {1, 9, 3});
  const std::size_t old = by.parameter_count(*genome);
  std::vector<float> weights = by.parameters(*wide);
  const auto is_to_output = [&](std::size_t i) {
    return graph(wide).is_output(graph(wide).edges[i].to);
  };

  const std::vector<float> by_pixels(kShape.size(), 1.0F);
  std::vector<float> gradient(weights.size());
  by.pull_back(*wide, by_pixels, gradient);
  for (std::size_t i = old; i < gradient.size(); ++i) {
    EXPECT_EQ(gradient[i] != 0.0F, is_to_output(i)) << i - old;
    if (is_to_output(i)) weights[i] = 0.1F;
  }
  by.pull_back(*by.with_parameters(*wide, weights), by_pixels, gradient);
  for (std::size_t i = old; i < gradient.size(); ++i) EXPECT_NE(gradient[i], 0.0F) << i - old;
}

TEST(CppnWidening, OnceIsEnough) {
  const auto encoding = make_encoding("cppn", kShape);
  const Differentiable& by = *encoding->differentiable();
  const GenomePtr wide = by.widened(*descendant(*encoding, 1, kMutations), {1, 9, 1});
  EXPECT_EQ(by.widened(*wide, {1, 10, 1}), nullptr);
}

TEST(CppnWidening, DependsOnItsAddressAlone) {
  const auto encoding = make_encoding("cppn", kShape);
  const GenomePtr genome = descendant(*encoding, 1, kMutations);
  const auto widened = [&](const ItemAddress& address) {
    return graph(encoding->differentiable()->widened(*genome, address));
  };
  EXPECT_EQ(widened({1, 9, 2}), widened({1, 9, 2}));
  EXPECT_FALSE(widened({1, 9, 2}) == widened({1, 9, 3}));
}

TEST(CppnWidening, KeepsWithinTheRangeOfWeights) {
  const auto encoding = make_encoding("cppn", kShape, {{"weight_range", 0.5}});
  const GenomePtr wide =
      encoding->differentiable()->widened(*descendant(*encoding, 1, kMutations), {1, 9, 1});
  float most = 0;
  for (const CppnEdge& edge : graph(wide).edges) most = std::max(most, std::fabs(edge.weight));
  EXPECT_EQ(most, 0.5F);
}

TEST(CppnWidening, NeedsSine) {
  const auto encoding = make_encoding("cppn", kShape, {{"activations", {"gaussian", "linear"}}});
  const GenomePtr genome = descendant(*encoding, 1, kMutations);
  EXPECT_EQ(encoding->differentiable()->widened(*genome, {1, 9, 1}), nullptr);
}

}  // namespace
}  // namespace fool
