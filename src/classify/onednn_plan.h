// A network as oneDNN's primitives in order, made once and shared by all workers. All values lie in
// memory as images do, the channels of a pixel together: what oneDNN's matrix-product convolutions
// are fastest with, and what needs no conversion between layers.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <utility>
#include <vector>

#include "classify/forward_engine.h"
#include "classify/memory_plan.h"
#include "fool/core/error.h"

namespace fool::onednn {

dnnl::engine& cpu();

// What oneDNN throws becomes Error(kModel).
template <typename Action>
auto translate_onednn_errors(Action&& action) {
  try {
    return action();
  } catch (const dnnl::error& e) {
    fail(ErrorKind::kModel, "oneDNN: {}", e.what());
  }
}

// A call of one primitive. Arguments that lie in a worker's memory are named by value; the others
// are constants.
struct Step {
  static constexpr int kScratch = -1;
  struct Argument {
    int argument;
    int value;  // or kScratch
    dnnl::memory::desc desc;
  };
  enum class Kind { kPrimitive, kJoin };

  Kind kind = Kind::kPrimitive;
  dnnl::primitive primitive;
  std::vector<Argument> arguments;
  std::vector<std::pair<int, dnnl::memory>> constants;
  // kJoin: the pixels of several values side by side; of one value, a copy.
  std::vector<int> from;
  std::vector<std::size_t> bytes;  // of a pixel, of each in `from`
  int to = 0;
  std::size_t pixels = 0;
};

struct ExecutionPlan {
  int batch = 0;
  MemoryPlan memory;
  std::vector<std::vector<Step>> steps;  // of each of the memory's segments
  std::size_t scratch_bytes = 0;  // for the primitives' own use, behind the memory of the values
  int output = 0;
};

// Weights in the layouts that primitives ask for, each packed once for all workers and batches.
class PackedWeights {
 public:
  dnnl::memory get(const torch::Tensor& tensor, const dnnl::memory::dims& dims,
                   dnnl::memory::format_tag tag, const dnnl::memory::desc& wanted);

 private:
  struct Entry {
    torch::Tensor tensor;
    dnnl::memory packed;
  };
  std::vector<Entry> entries_;
};

// Throws dnnl::error.
ExecutionPlan plan_execution(LayerGraph graph, int batch, Precision precision,
                             PackedWeights& weights);

}  // namespace fool::onednn
