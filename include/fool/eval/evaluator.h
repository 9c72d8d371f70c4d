// Scores a generation: block by block, on all workers of all ranks.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/span.h"
#include "fool/core/stage_times.h"
#include "fool/core/worker_pool.h"
#include "fool/eval/block_scorer.h"
#include "fool/eval/communicator.h"

namespace fool {

// A network's last bits depend on the batch that an image is in, so the block plan is part of the
// experiment: block k holds items [k B, (k + 1) B), the last one padded with its last item, whoever
// computes it. A rank computes a run of blocks as long as its share of all workers.
class Evaluator {
 public:
  // scorers: all alike, at most one per worker of the pool. Pool and ranks must outlive the
  // evaluator. All ranks make one, and call it alike.
  Evaluator(BlockScorers scorers, int block, int classes, WorkerPool& pool,
            Communicator& ranks = one_rank());

  // Confidences [P, K], row i for items[i]; valid until the next call. `before_block` runs on the
  // worker's thread before each block; what it throws ends the evaluation and comes out here, on
  // all ranks (see Communicator::agree).
  Span<const float> evaluate(Span<const ItemPtr> items,
                             const std::function<void()>& before_block = {});

  // Confidences [P, K] of images that are already drawn, in the same blocks.
  Span<const float> evaluate_images(const ImageBatch& images);

  int classes() const { return classes_; }
  int block() const { return block_; }
  int workers() const { return workers_before_.back(); }  // of all ranks
  std::string renderer_name() const { return scorers_.front()->renderer_name(); }
  StageTimes times() const;  // render, preprocess and forward, summed over workers

 private:
  // score(scorer, first, confidences) scores the block of items [first, first + B).
  template <typename Score>
  Span<const float> evaluate_blocks(int items, Score score);

  // The first block of a rank's share; of size(): the number of blocks.
  int first_block(int blocks, int rank) const;

  BlockScorers scorers_;
  int block_;
  int classes_;
  WorkerPool& pool_;
  Communicator& ranks_;
  std::vector<int> workers_before_;  // [ranks + 1], of lower ranks
  std::vector<float> confidences_;   // [P, K], and room for the padding of the last block
};

}  // namespace fool
