// Two evaluators as one: a fast one in low precision looks at every item, an exact one at those
// that could take a cell. Whatever enters the archive was computed exactly.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/eval/evaluator.h"

namespace fool {

struct ScreeningCounts {
  std::uint64_t items = 0;      // that were screened
  std::uint64_t confirmed = 0;  // of these, scored exactly as well
  std::uint64_t refuted = 0;    // of those, took no cell after all
};

class Screening {
 public:
  // Both must outlive it and take the same images and classes.
  Screening(Evaluator& fast, Evaluator& exact) : fast_(fast), exact_(exact) {}

  struct Scores {
    Span<const float> confidences;  // [P, K]: exact, or 0 for an item that could take no cell
    Span<const float> screened;     // [P, K]: in low precision
  };

  // An item could take a cell if its confidence in low precision exceeds the one that the cell's
  // elite had there: like is compared with like, so that an error which both share decides nothing.
  // What it misses are gains smaller than the error that they do not share. Valid until the next
  // call.
  Scores evaluate(const Archive& archive, Span<const ItemPtr> items,
                  const std::function<void()>& before_block = {});

  // To be told what the archive made of the last scores.
  void tell(const AddReport& added);

  const ScreeningCounts& counts() const { return counts_; }

 private:
  Evaluator& fast_;
  Evaluator& exact_;
  std::vector<float> confidences_;
  std::vector<float> screened_;
  std::uint64_t confirmed_ = 0;  // of the last call
  ScreeningCounts counts_;
};

}  // namespace fool
