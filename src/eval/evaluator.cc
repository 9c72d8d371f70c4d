#include "fool/eval/evaluator.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "fool/core/error.h"

namespace fool {

Evaluator::Evaluator(BlockScorers scorers, int block, int classes, WorkerPool& pool)
    : scorers_(std::move(scorers)),
      block_(block),
      classes_(classes),
      pool_(pool),
      blocks_(scorers_.size()) {
  if (scorers_.empty() || scorers_.size() > static_cast<std::size_t>(pool.workers())) {
    fail(ErrorKind::kInternal, "an evaluator of {} workers cannot have {} scorers", pool.workers(),
         scorers_.size());
  }
  for (std::vector<float>& confidences : blocks_) {
    confidences.resize(static_cast<std::size_t>(block) * static_cast<std::size_t>(classes));
  }
}

Span<const float> Evaluator::evaluate(Span<const ItemPtr> items,
                                      const std::function<void()>& before_block) {
  const int last = static_cast<int>(items.size()) - 1;
  return evaluate_blocks(
      static_cast<int>(items.size()), [&](BlockScorer& scorer, int first, Span<float> confidences) {
        if (before_block) before_block();
        std::vector<GenomePtr> genomes;
        genomes.reserve(static_cast<std::size_t>(block_));
        for (int b = 0; b < block_; ++b) {
          genomes.push_back(items[static_cast<std::size_t>(std::min(first + b, last))]->genome);
        }
        scorer.score(genomes, confidences);
      });
}

Span<const float> Evaluator::evaluate_images(const ImageBatch& images) {
  const int last = images.count() - 1;
  return evaluate_blocks(images.count(),
                         [&](BlockScorer& scorer, int first, Span<float> confidences) {
                           ImageBatch block(block_, images.shape());
                           for (int b = 0; b < block_; ++b) {
                             const ConstImageView from = images[std::min(first + b, last)];
                             std::copy_n(from.data, from.size(), block[b].data);
                           }
                           scorer.score_images(block, confidences);
                         });
}

template <typename Score>
Span<const float> Evaluator::evaluate_blocks(int items, Score score) {
  const auto classes = static_cast<std::size_t>(classes_);
  confidences_.resize(static_cast<std::size_t>(items) * classes);
  const int blocks = (items + block_ - 1) / block_;
  std::atomic<int> next{0};
  pool_.for_each(static_cast<int>(scorers_.size()), [&](int /*worker*/, int s) {
    const auto scorer = static_cast<std::size_t>(s);
    for (int k = next++; k < blocks; k = next++) {
      const int first = k * block_;
      try {
        score(*scorers_[scorer], first, blocks_[scorer]);
      } catch (...) {
        next = blocks;
        throw;
      }
      const auto rows = static_cast<std::size_t>(std::min(block_, items - first));
      std::copy_n(blocks_[scorer].data(), rows * classes,
                  confidences_.data() + static_cast<std::size_t>(first) * classes);
    }
  });
  return confidences_;
}

StageTimes Evaluator::times() const {
  StageTimes sum;
  for (const auto& scorer : scorers_) sum += scorer->times();
  return sum;
}

}  // namespace fool
