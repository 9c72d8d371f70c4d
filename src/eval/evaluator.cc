#include "fool/eval/evaluator.h"

#include <algorithm>
#include <atomic>
#include <cstring>
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
  scorers_before_.push_back(0);
  for (const std::string& scorers : ranks_.exchange(std::to_string(scorers_.size()))) {
    scorers_before_.push_back(scorers_before_.back() + std::stoi(scorers));
  }
}

int Evaluator::first_block(int blocks, int rank) const {
  const std::int64_t before = scorers_before_[static_cast<std::size_t>(rank)];
  return static_cast<int>(blocks * before / workers());
}

// Where each item's row is in the order of the blocks.
struct Evaluator::Plan {
  std::vector<std::size_t> order;  // [slots of all blocks]: of which item
  int gradient_blocks = 0;         // the first ones
  int blocks = 0;
};

Evaluations Evaluator::evaluate(Span<const ItemPtr> items,
                                const std::function<void()>& before_block) {
  const Plan plan = make_plan(items);
  const auto block = static_cast<std::size_t>(block_);
  gradients_.assign(plan.gradient_blocks > 0 ? items.size() : 0, {});
  score_blocks(plan.blocks, [&](BlockScorer& scorer, int k, Span<float> confidences) {
    if (before_block) before_block();
    const std::size_t first = static_cast<std::size_t>(k) * block;
    std::vector<GenomePtr> genomes;
    genomes.reserve(block);
    for (std::size_t b = first; b < first + block; ++b) {
      genomes.push_back(items[plan.order[b]]->genome);
    }
    if (k >= plan.gradient_blocks) {
      scorer.score(genomes, confidences);
      return;
    }
    std::vector<int> classes;
    for (std::size_t b = first; b < first + block; ++b) {
      classes.push_back(items[plan.order[b]]->gradient_class);
    }
    std::vector<std::vector<float>> gradients(block);
    scorer.score_with_gradients(genomes, classes, confidences, gradients);
    for (std::size_t b = block; b-- > 0;) {  // what pads the block comes after the item itself
      gradients_[plan.order[first + b]] = std::move(gradients[b]);
    }
  });
  share_gradients(plan);
  return {in_order(plan, items.size()), gradients_};
}

Evaluator::Plan Evaluator::make_plan(Span<const ItemPtr> items) const {
  Plan plan;
  const auto add = [&](bool with_gradient) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i]->wants_gradient() == with_gradient) plan.order.push_back(i);
    }
    while (plan.order.size() % static_cast<std::size_t>(block_) != 0) {
      plan.order.push_back(plan.order.back());
    }
    return static_cast<int>(plan.order.size()) / block_;
  };
  plan.gradient_blocks = add(true);
  plan.blocks = add(false);
  return plan;
}

Span<const float> Evaluator::in_order(const Plan& plan, std::size_t items) {
  const auto row = static_cast<std::size_t>(classes_);
  if (plan.gradient_blocks == 0 || plan.gradient_blocks == plan.blocks) {
    return Span<const float>(confidences_).first(items * row);
  }
  by_item_.resize(items * row);
  for (std::size_t slot = plan.order.size(); slot-- > 0;) {
    std::copy_n(confidences_.data() + slot * row, row, by_item_.data() + plan.order[slot] * row);
  }
  return by_item_;
}

// Every rank tells the others the gradients of its blocks, as bytes: those of one item after the
// other, each behind its length.
void Evaluator::share_gradients(const Plan& plan) {
  if (plan.gradient_blocks == 0 || ranks_.size() == 1) return;
  const auto items_of = [&](int rank) {
    std::vector<std::size_t> items;
    const int last = std::min(first_block(plan.blocks, rank + 1), plan.gradient_blocks);
    for (int slot = first_block(plan.blocks, rank) * block_; slot < last * block_; ++slot) {
      items.push_back(plan.order[static_cast<std::size_t>(slot)]);
    }
    items.erase(std::unique(items.begin(), items.end()), items.end());
    return items;
  };
  std::string mine;
  for (const std::size_t i : items_of(ranks_.rank())) {
    const std::uint64_t length = gradients_[i].size();
    mine.append(reinterpret_cast<const char*>(&length), sizeof(length));
    mine.append(reinterpret_cast<const char*>(gradients_[i].data()), length * sizeof(float));
  }
  const std::vector<std::string> all = ranks_.exchange(mine);
  for (int rank = 0; rank < ranks_.size(); ++rank) {
    const char* next = all[static_cast<std::size_t>(rank)].data();
    for (const std::size_t i : items_of(rank)) {
      std::uint64_t length = 0;
      std::memcpy(&length, next, sizeof(length));
      next += sizeof(length);
      gradients_[i].resize(length);
      std::memcpy(gradients_[i].data(), next, length * sizeof(float));
      next += length * sizeof(float);
    }
  }
}

Span<const float> Evaluator::evaluate_images(const ImageBatch& images) {
  const int last = images.count() - 1;
  score_blocks((images.count() + block_ - 1) / block_,
               [&](BlockScorer& scorer, int k, Span<float> confidences) {
                 ImageBatch block(block_, images.shape());
                 for (int b = 0; b < block_; ++b) {
                   const ConstImageView from = images[std::min(k * block_ + b, last)];
                   std::copy_n(from.data, from.size(), block[b].data);
                 }
                 scorer.score_images(block, confidences);
               });
  return Span<const float>(confidences_)
      .first(static_cast<std::size_t>(images.count()) * static_cast<std::size_t>(classes_));
}

template <typename Score>
void Evaluator::score_blocks(int blocks, Score score) {
  const std::size_t block = static_cast<std::size_t>(block_) * static_cast<std::size_t>(classes_);
  confidences_.resize(static_cast<std::size_t>(blocks) * block);
  const int last = first_block(blocks, ranks_.rank() + 1);
  std::atomic<int> next{first_block(blocks, ranks_.rank())};
  std::exception_ptr failure;
  try {
    pool_.for_each(static_cast<int>(scorers_.size()), [&](int /*worker*/, int s) {
      for (int k = next++; k < last; k = next++) {
        try {
          score(*scorers_[static_cast<std::size_t>(s)], k,
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
}

StageTimes Evaluator::times() const {
  StageTimes sum;
  for (const auto& scorer : scorers_) sum += scorer->times();
  return sum;
}

}  // namespace fool
