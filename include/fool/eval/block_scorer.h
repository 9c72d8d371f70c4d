// Scores one block of items after the other: what a worker owns, wherever drawing and network run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fool/classify/classifier.h"
#include "fool/core/image.h"
#include "fool/core/span.h"
#include "fool/core/stage_times.h"
#include "fool/encoding/encoding.h"
#include "fool/render/frame.h"

namespace fool {

// Not thread-safe: a worker has its own. All scorers of an evaluator give the same bits.
class BlockScorer {
 public:
  virtual ~BlockScorer() = default;

  // genomes: [B]. confidences: [B, K], row b for genomes[b].
  virtual void score(Span<const GenomePtr> genomes, Span<float> confidences) = 0;

  // The same, and gradients[b]: d log confidence of classes[b] / d parameters of genomes[b], as
  // Differentiable has them; resized to fit. Throws Error(kConfig) where encoding or network has no
  // gradient, or none here.
  virtual void score_with_gradients(Span<const GenomePtr> genomes, Span<const int> classes,
                                    Span<float> confidences,
                                    Span<std::vector<float>> gradients) = 0;

  // As score(), of images that are already drawn, the whole of them: [B, H, W, C].
  virtual void score_images(const ImageBatch& images, Span<float> confidences) = 0;

  // The network alone, over the images of the last call: the bare rate that a loop is measured by.
  virtual void forward_again(Span<float> confidences) = 0;

  virtual std::string renderer_name() const = 0;
  virtual StageTimes times() const = 0;  // so far, in render, preprocess and forward
};

using BlockScorers = std::vector<std::unique_ptr<BlockScorer>>;

// One scorer per worker, each with a renderer and a clone of the classifier, in the host's memory.
// The frame is what the classifier sees of the encoding's pictures; nothing else is drawn. Without
// one it is the whole. Throws Error(kConfig) if it has another shape than the classifier takes. The
// encoding must outlive them.
BlockScorers make_host_scorers(const Encoding& encoding, const std::string& renderer,
                               const Classifier& classifier, int block, int workers,
                               const Frame& seen);
BlockScorers make_host_scorers(const Encoding& encoding, const std::string& renderer,
                               const Classifier& classifier, int block, int workers);

// Scorers for the devices of the classifiers, `per_device` for each: genomes are drawn where the
// network is ("auto", "cuda"), or by one of the host's renderers. Encodings without a kernel are
// drawn by the host. Throws as above, and Error(kDevice).
BlockScorers make_device_scorers(const Encoding& encoding, const std::string& renderer,
                                 Span<const Classifier* const> classifiers, int block,
                                 int per_device);

// Throws as make_host_scorers() does.
void expect_same_shape(const ImageShape& drawn, const Classifier& classifier);

}  // namespace fool
