#include "classify/memory_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace fool {
namespace {

constexpr std::size_t kNumber = 4;

struct Chain {
  // A layer of this kind that makes a new value of `channels` numbers, 8 x 8 of them, or 1 x 1.
  int add(LayerKind kind, std::vector<int> inputs, int channels, int residual = -1, int side = 8) {
    Layer layer;
    layer.kind = kind;
    layer.inputs = std::move(inputs);
    layer.output = static_cast<int>(graph.values.size());
    layer.residual = residual;
    graph.values.push_back({channels, side, side});
    graph.layers.push_back(layer);
    graph.output = layer.output;
    return layer.output;
  }

  LayerGraph graph{{{3, 8, 8}}, {}, 0};
};

MemoryPlan plan(const LayerGraph& graph, int batch) {
  return plan_memory(graph, batch, [](int) { return kNumber; });
}

// Goes through the layers as an engine would and notes which value last wrote each byte: whatever a
// layer reads must still be there.
void expect_nothing_is_lost(const LayerGraph& graph, const MemoryPlan& plan, int batch) {
  std::vector<int> owner(plan.bytes, -1);
  const auto range = [&](int v, int first, int portion) {
    const ValuePlace& place = plan.places[static_cast<std::size_t>(v)];
    const std::size_t begin =
        place.offset +
        (place.of_batch ? static_cast<std::size_t>(first) * place.bytes_per_image : 0);
    return std::pair(begin, begin + static_cast<std::size_t>(portion) * place.bytes_per_image);
  };
  for (std::size_t s = 0; s < plan.segments.size(); ++s) {
    const LayerSegment& segment = plan.segments[s];
    ASSERT_EQ(batch % segment.portion, 0);
    for (int first = 0; first < batch; first += segment.portion) {
      const auto write = [&](int v) {
        const auto [begin, end] = range(v, first, segment.portion);
        ASSERT_LE(end, plan.bytes);
        std::fill(owner.begin() + static_cast<std::ptrdiff_t>(begin),
                  owner.begin() + static_cast<std::ptrdiff_t>(end), v);
      };
      const auto expect_there = [&](int v) {
        const auto [begin, end] = range(v, first, segment.portion);
        for (std::size_t i = begin; i < end; ++i) ASSERT_EQ(owner[i], v) << "at byte " << i;
      };
      if (s == 0) write(0);
      for (const int i : segment.layers) {
        const Layer& layer = graph.layers[static_cast<std::size_t>(i)];
        for (const int v : layer.inputs) expect_there(v);
        if (layer.residual >= 0) expect_there(layer.residual);
        write(layer.output);
        for (const int v : layer.inputs) {
          if (v == layer.residual) continue;
          expect_there(v);  // nothing is written over what is being read
        }
      }
    }
  }
  const ValuePlace& output = plan.places[static_cast<std::size_t>(graph.output)];
  const std::size_t images = output.of_batch
                                 ? static_cast<std::size_t>(batch)
                                 : static_cast<std::size_t>(plan.segments.back().portion);
  EXPECT_EQ(images, static_cast<std::size_t>(batch));
  for (std::size_t i = 0; i < images * output.bytes_per_image; ++i) {
    ASSERT_EQ(owner[output.offset + i], graph.output);
  }
}

TEST(MemoryPlan, AChainNeedsFewPlaces) {
  Chain chain;
  int v = 0;
  for (int i = 0; i < 6; ++i) v = chain.add(LayerKind::kConv, {v}, 16);
  chain.add(LayerKind::kLinear, {v}, 10, -1, 1);
  const MemoryPlan found = plan(chain.graph, 4);
  expect_nothing_is_lost(chain.graph, found, 4);
  // Two places, one more for the value that the next segment reads, and the input's own, which is
  // too small for any of them.
  const std::size_t input = 3 * 64 * kNumber * 4;
  const std::size_t value = 16 * 64 * kNumber * 4;
  EXPECT_EQ(found.bytes, 3 * value + input);
  EXPECT_EQ(found.segments.size(), 2U);
  EXPECT_EQ(found.segments[1].portion, 4);
}

TEST(MemoryPlan, ASumTakesThePlaceOfASummandThatNobodyElseNeeds) {
  Chain chain;
  const int a = chain.add(LayerKind::kConv, {0}, 16);
  const int b = chain.add(LayerKind::kConv, {a}, 16);
  const int sum = chain.add(LayerKind::kConv, {b}, 16, a);
  const int later = chain.add(LayerKind::kConv, {sum}, 16, b);  // b was needed until here
  chain.add(LayerKind::kAveragePool, {later}, 16, -1, 1);
  const MemoryPlan found = plan(chain.graph, 2);
  EXPECT_TRUE(found.same_place(a, sum));
  EXPECT_TRUE(found.same_place(b, later));
  expect_nothing_is_lost(chain.graph, found, 2);
}

TEST(MemoryPlan, ASummandThatIsNeededLaterKeepsItsPlace) {
  Chain chain;
  const int a = chain.add(LayerKind::kConv, {0}, 16);
  const int b = chain.add(LayerKind::kConv, {a}, 16);
  const int sum = chain.add(LayerKind::kConv, {b}, 16, a);
  chain.add(LayerKind::kConcat, {a, sum}, 32);
  const MemoryPlan found = plan(chain.graph, 2);
  EXPECT_FALSE(found.same_place(a, sum));
  expect_nothing_is_lost(chain.graph, found, 2);
}

TEST(MemoryPlan, LargeImagesGoInSmallPortionsAndWaitForEachOtherBeforeVectors) {
  Chain chain;
  const int a = chain.add(LayerKind::kConv, {0}, 512);  // 128 KiB, and as much again below
  const int b = chain.add(LayerKind::kConv, {a}, 512);
  const int c = chain.add(LayerKind::kAveragePool, {b}, 512, -1, 1);
  const int d = chain.add(LayerKind::kLinear, {c}, 64, -1, 1);
  chain.add(LayerKind::kLinear, {d}, 10, -1, 1);
  const MemoryPlan found = plan(chain.graph, 12);
  ASSERT_EQ(found.segments.size(), 2U);
  EXPECT_EQ(found.segments[0].portion, 4);
  EXPECT_EQ(found.segments[1].portion, 12);
  EXPECT_TRUE(found.places[static_cast<std::size_t>(c)].of_batch);
  EXPECT_FALSE(found.places[static_cast<std::size_t>(b)].of_batch);
  expect_nothing_is_lost(chain.graph, found, 12);
}

}  // namespace
}  // namespace fool
