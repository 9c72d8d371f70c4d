#include "fool/eval/evaluator.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

#include "fool/core/error.h"

namespace fool {

Evaluator::Evaluator(BlockScorers scorers, int block, int classes, WorkerPool& pool,
                     Communicator& ranks)
    : scorers_(std::move(scorers)), block_(block), classes_(classes), pool_(pool), ranks_(ranks) {
  if (scorers_.empty() || scorers_.size() > static_cast<std::size_t>(pool.workers())) {
    fail(ErrorKind::kInternal, "an evaluator of {} workers cannot have {} scorers", pool.workers(),
         scorers_.size());
  }
  workers_before_.push_back(0);
  for (const std::string& workers : ranks_.exchange(std::to_string(pool.workers()))) {
    workers_before_.push_back(workers_before_.back() + std::stoi(workers));
  }
}

int Evaluator::first_block(int blocks, int rank) const {
  const std::int64_t before = workers_before_[static_cast<std::size_t>(rank)];
  return static_cast<int>(blocks * before / workers());
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
  const auto row = static_cast<std::size_t>(classes_);
  const std::size_t block = static_cast<std::size_t>(block_) * row;
  const int blocks = (items + block_ - 1) / block_;
  confidences_.resize(static_cast<std::size_t>(blocks) * block);
  const int last = first_block(blocks, ranks_.rank() + 1);
  std::atomic<int> next{first_block(blocks, ranks_.rank())};
  std::exception_ptr failure;
  try {
    pool_.for_each(static_cast<int>(scorers_.size()), [&](int /*worker*/, int s) {
      for (int k = next++; k < last; k = next++) {
        try {
          score(*scorers_[static_cast<std::size_t>(s)], k * block_,
                Span<float>(confidences_).subspan(static_cast<std::size_t>(k) * block, block));
        } catch (...) {
          next = last;
          throw;
        }
      }
    });
  } catch (...) {
    failure = std::current_exception();
  }
  ranks_.agree(failure);
  std::vector<std::size_t> first;
  for (int r = 0; r <= ranks_.size(); ++r) {
    first.push_back(static_cast<std::size_t>(first_block(blocks, r)) * block);
  }
  ranks_.all_gather(confidences_, first);
  return Span<const float>(confidences_).first(static_cast<std::size_t>(items) * row);
}

StageTimes Evaluator::times() const {
  StageTimes sum;
  for (const auto& scorer : scorers_) sum += scorer->times();
  return sum;
}

}  // namespace fool
