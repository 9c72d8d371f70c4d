// A trained network as the searches see it: 8-bit images in, probabilities out. Preprocessing is
// inside.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "fool/core/image.h"
#include "fool/core/json.h"
#include "fool/core/registry.h"
#include "fool/core/span.h"
#include "fool/core/stage_times.h"
#include "fool/model/model_spec.h"

namespace fool {

struct ClassifierInfo {
  std::string name;  // the model's, with what decorates it
  int classes = 0;   // K
  ImageShape shape;  // of the images that classify() takes
  bool differentiable = false;
  std::int64_t multiply_adds = 0;  // of one image; 0 = not known
  Json fingerprint;  // what can change the last bits: weights' sha256, backend, library version,
                     // dtype, crops
};

// What a gradient is taken of: an image's output for its class.
enum class Objective { kProbability, kLogProbability, kLogit };

struct DeviceScoring;  // of a network on an NVIDIA device; private to classify and eval

// Not thread-safe: a worker has its own clone.
class Classifier {
 public:
  virtual ~Classifier() = default;

  virtual const ClassifierInfo& info() const = 0;

  // images: [B, H, W, C] u8 of info().shape, RGB or grey. probabilities: [B, K], each row sums
  // to 1. The same batch gives the same bits, always; another batch size may change the last ones.
  virtual void classify(const ImageBatch& images, Span<float> probabilities) = 0;

  // As classify, before the softmax; throws Error(kUsage) where the network yields no logits.
  virtual void logits(const ImageBatch& images, Span<float> logits);

  // gradient: d sum_b objective[b, classes[b]] / d pixel, pixels in 0..255: [B, H, W, C]. From the
  // same forward pass come the probabilities, as of classify() but for the last bits. Throws
  // Error(kUsage) unless info().differentiable, or for logits where the network yields none.
  virtual void input_gradient(const ImageBatch& images, Span<const int> classes,
                              Objective objective, Span<float> probabilities, Span<float> gradient);

  // Where the network runs on a device, how to feed it with images that are there already; else
  // null.
  virtual const DeviceScoring* on_device() const { return nullptr; }

  // Another instance that shares the weights.
  virtual std::unique_ptr<Classifier> clone() const = 0;

  // Time spent so far in preprocess and forward.
  virtual const StageTimes& times() const = 0;
};

// How a network is run; what it computes is the card's.
struct Execution {
  // "auto" (the fastest that knows the network's operations), "torch" (LibTorch as it is) or
  // "onednn"; of the processor.
  std::string engine = "auto";
  std::string device = "cpu";  // or one of NVIDIA's, see device.h
  // Of what lies between input and output: or "bfloat16"; on a device also "float16".
  std::string precision = "float32";
};

// Reads and verifies the weights, picks the backend by the card's format, and wraps it in
// `checked`. Throws Error(kModel); Error(kConfig) where the backend cannot be run in this way, and
// Error(kDevice) where there is no such device.
std::unique_ptr<Classifier> open_classifier(const ModelSpec& spec, const Execution& how = {});

// The backends by ModelSpec::format. A backend is one file in src/classify.
using ClassifierRegistry = Registry<Classifier, const ModelSpec&, const Execution&>;

// Decorators. Each owns the classifier that it wraps.

// Fails with Error(kModel) on a wrong number of classes, a NaN, a value outside [0, 1], a row that
// does not sum to 1 within 1e-3, or images of another shape.
std::unique_ptr<Classifier> make_checked(std::unique_ptr<Classifier> inner);

// Fails with Error(kModel) if the network gives the same output for two very different images.
void require_varying_output(Classifier& classifier);

// Scores images of a larger canvas by the mean over crops of the network's input size. crops: 1
// (centre) or 10 (four corners and the centre, each also mirrored: the paper's; paper section 1.4).
std::unique_ptr<Classifier> make_multi_crop(std::unique_ptr<Classifier> inner, int canvas,
                                            int crops);

// One thread inside LibTorch, OpenMP and BLAS for the calling thread, so that workers do not fight
// and results do not depend on the number of cores. Called once by main and by each worker.
void use_one_thread();

// Keeps freed memory for the next batch instead of giving it back to the system, whose fresh pages
// would cost a network up to half of its time. Called by main before the first large allocation.
void tune_allocator();

// The same for threads that are started later. Only where LibTorch runs networks in them: threads
// that allocate small things at the same time, as those that make genomes, wait for each other
// then.
void keep_memory_of_threads();

// Name and version of the numeric library, for fingerprints and `fool env`.
std::string numeric_library();

}  // namespace fool
