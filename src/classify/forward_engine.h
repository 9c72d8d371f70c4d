// A network made ready to run fast for one size of batch, by something else than LibTorch.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "classify/layer_graph.h"
#include "classify/preprocess.h"
#include "fool/core/image.h"
#include "fool/core/span.h"
#include "fool/core/stage_times.h"

namespace fool {

enum class Precision { kFloat32, kBfloat16 };

// Not thread-safe: a worker has its own, and its memory; what never changes is shared.
class ForwardEngine {
 public:
  virtual ~ForwardEngine() = default;

  // The network's raw outputs [B, K] for images [B, H, W, C]; valid until the next call.
  virtual Span<const float> forward(const ImageBatch& images, StageTimes& times) = 0;
};

// As a ForwardEngine, forward and back again, in float32.
class GradientEngine {
 public:
  virtual ~GradientEngine() = default;

  // Raw outputs [N, K] of images[first .. first + N) -> the slope of what is wanted by each of
  // them.
  using SlopeOfOutputs =
      std::function<void(int first, Span<const float> outputs, Span<float> slope)>;

  // Whether it was made for batches of this size.
  virtual bool takes(int batch) const = 0;

  // by_input: the slope by the numbers that go into the network, [B, H, W, C].
  virtual void run(const ImageBatch& images, const SlopeOfOutputs& slope_of, Span<float> by_input,
                   StageTimes& times) = 0;
};

// Makes engines for workers and batch sizes from one network.
class EngineFactory {
 public:
  virtual ~EngineFactory() = default;

  virtual std::string name() const = 0;  // with its version and instruction set, for fingerprints
  // Both may be called from any thread; the second throws Error(kModel) where a layer has no way
  // back.
  virtual std::unique_ptr<ForwardEngine> make(int batch) = 0;
  virtual std::unique_ptr<GradientEngine> make_gradient(int batch) = 0;
};

// Whether oneDNN is part of the build.
bool has_onednn();

// oneDNN's convolutions with everything that follows them fused, weights packed once and shared,
// and images taken through the network in portions that the nearest caches hold. Throws
// Error(kModel) where oneDNN is not part of the build or the processor lacks the precision.
std::shared_ptr<EngineFactory> make_onednn_engines(LayerGraph layers, const Preprocessor& input,
                                                   Precision precision);

}  // namespace fool
