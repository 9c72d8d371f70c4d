// Scores a generation: block by block, on all workers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/span.h"
#include "fool/core/stage_times.h"
#include "fool/core/worker_pool.h"
#include "fool/eval/block_scorer.h"

namespace fool {

// A network's last bits depend on the batch that an image is in, so the block plan is part of the
// experiment: block k holds items [k B, (k + 1) B), the last one padded with its last item, whoever
// computes it.
class Evaluator {
 public:
  // scorers: all alike, at most one per worker of the pool. The pool must outlive the evaluator.
  Evaluator(BlockScorers scorers, int block, int classes, WorkerPool& pool);

  // Confidences [P, K], row i for items[i]; valid until the next call. `before_block` runs on the
  // worker's thread before each block; what it throws ends the evaluation and comes out here.
  Span<const float> evaluate(Span<const ItemPtr> items,
                             const std::function<void()>& before_block = {});

  // Confidences [P, K] of images that are already drawn, in the same blocks.
  Span<const float> evaluate_images(const ImageBatch& images);

  int classes() const { return classes_; }
  int block() const { return block_; }
  std::string renderer_name() const { return scorers_.front()->renderer_name(); }
  StageTimes times() const;  // render, preprocess and forward, summed over workers

 private:
  // score(scorer, first, confidences) scores the block of items [first, first + B).
  template <typename Score>
  Span<const float> evaluate_blocks(int items, Score score);

  BlockScorers scorers_;
  int block_;
  int classes_;
  WorkerPool& pool_;
  std::vector<std::vector<float>> blocks_;  // [scorers][B, K]
  std::vector<float> confidences_;          // [P, K]
};

}  // namespace fool
