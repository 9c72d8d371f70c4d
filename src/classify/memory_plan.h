// Where the values of a network lie while it runs, and which portions of a batch go through which
// layers together. Knows sizes and lifetimes alone, no library: what an engine computes with is its
// own.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "classify/layer_graph.h"

namespace fool {

// Consecutive layers that a portion of the batch goes through before the next portion does.
struct LayerSegment {
  int portion = 1;  // images; divides the batch
  std::vector<int> layers;
};

// Where a value lies in a worker's memory.
struct ValuePlace {
  std::size_t offset = 0;
  std::size_t bytes_per_image = 0;
  bool of_batch = false;  // of all images, because several segments see it; or of a portion
};

struct MemoryPlan {
  std::vector<LayerSegment> segments;
  std::vector<ValuePlace> places;  // by value
  std::size_t bytes = 0;

  // Whether two values share their memory, as the sum does with a summand that nobody else needs.
  bool same_place(int a, int b) const;
};

// number_bytes: the size of a value's numbers. Values that are alive at the same time never
// overlap, but for a residual in whose place the sum is computed.
MemoryPlan plan_memory(const LayerGraph& graph, int batch,
                       const std::function<std::size_t(int value)>& number_bytes);

}  // namespace fool
