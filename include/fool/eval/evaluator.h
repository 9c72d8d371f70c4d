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
#include "fool/search/evaluations.h"

namespace fool {

// A network's last bits depend on the batch that an image is in, so the block plan is part of the
// experiment: block k holds items [k B, (k + 1) B), the last one padded with its last item, whoever
// computes it. Items that want a gradient have blocks of their own, before the others'. A rank
// computes a run of blocks as long as its share of all workers.
class Evaluator {
 public:
  // scorers: all alike, at most one per worker of the pool. Pool and ranks must outlive the
  // evaluator. All ranks make one, and call it alike.
  Evaluator(BlockScorers scorers, int block, int classes, WorkerPool& pool,
            Communicator& ranks = one_rank());

  // Row i is for items[i]; valid until the next call. `before_block` runs on the worker's thread
  // before each block; what it throws ends the evaluation and comes out here, on all ranks (see
  // Communicator::agree).
  Evaluations evaluate(Span<const ItemPtr> items, const std::function<void()>& before_block = {});

  // Confidences [P, K] of images that are already drawn, in the same blocks.
  Span<const float> evaluate_images(const ImageBatch& images);

  int classes() const { return classes_; }
  int block() const { return block_; }
  int workers() const { return scorers_before_.back(); }  // of all ranks, those that score
  std::string renderer_name() const { return scorers_.front()->renderer_name(); }
  StageTimes times() const;  // render, preprocess and forward, summed over workers

 private:
  // Fills confidences_ for so many blocks: score(scorer, k, confidences) scores block k.
  template <typename Score>
  void score_blocks(int blocks, Score score);
  struct Plan;
  Plan make_plan(Span<const ItemPtr> items) const;
  void share_gradients(const Plan& plan);
  Span<const float> in_order(const Plan& plan, std::size_t items);

  // The first block of a rank's share; of size(): the number of blocks.
  int first_block(int blocks, int rank) const;

  BlockScorers scorers_;
  int block_;
  int classes_;
  WorkerPool& pool_;
  Communicator& ranks_;
  std::vector<int> scorers_before_;            // [ranks + 1], of lower ranks
  std::vector<float> confidences_;             // [blocks B, K] in the order of the blocks
  std::vector<float> by_item_;                 // [P, K], where that order is not the items'
  std::vector<std::vector<float>> gradients_;  // [P] or nothing
};

}  // namespace fool
