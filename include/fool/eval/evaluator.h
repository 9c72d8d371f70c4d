// Scores a generation: renders its genomes and runs the classifier, block by block, on all workers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/classify/classifier.h"
#include "fool/core/span.h"
#include "fool/core/stage_times.h"
#include "fool/core/worker_pool.h"
#include "fool/encoding/encoding.h"
#include "fool/render/renderer.h"

namespace fool {

// A network's last bits depend on the batch that an image is in, so the block plan is part of the
// experiment: block k holds items [k B, (k + 1) B), the last one padded with its last item, whoever
// computes it.
class Evaluator {
 public:
  // One renderer and one clone of the classifier per worker of the pool. Throws Error(kConfig) if
  // the encoding draws images of another shape than the classifier takes. Encoding and pool must
  // outlive the evaluator.
  Evaluator(const Encoding& encoding, const std::string& renderer, const Classifier& classifier,
            int block, WorkerPool& pool);
  ~Evaluator();

  // Confidences [P, K], row i for items[i]; valid until the next call. `before_block` runs on the
  // worker's thread before each block; what it throws ends the evaluation and comes out here.
  Span<const float> evaluate(Span<const ItemPtr> items,
                             const std::function<void()>& before_block = {});

  // Confidences [P, K] of images that are already drawn, in the same blocks.
  Span<const float> evaluate_images(const ImageBatch& images);

  int classes() const { return classes_; }
  int block() const { return block_; }
  std::string renderer_name() const;
  StageTimes times() const;  // render, preprocess and forward, summed over workers

 private:
  struct Worker;

  // fill(worker, first) puts the images of items [first, first + B) into worker.images.
  template <typename Fill>
  Span<const float> evaluate_blocks(int items, Fill fill);

  const Encoding& encoding_;
  WorkerPool& pool_;
  int block_ = 0;
  int classes_ = 0;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<float> confidences_;
};

}  // namespace fool
