#include "fool/eval/screening.h"

#include <algorithm>

namespace fool {

Screening::Scores Screening::evaluate(const Archive& archive, Span<const ItemPtr> items,
                                      const std::function<void()>& before_block) {
  const auto classes = static_cast<std::size_t>(archive.classes());
  const Span<const float> fast = fast_.evaluate(items, before_block).confidences;
  screened_.assign(fast.begin(), fast.end());

  std::vector<float> bars(classes);  // below any confidence where the cell is empty
  for (std::size_t k = 0; k < classes; ++k) {
    const Elite* elite = archive.cell(static_cast<int>(k));
    bars[k] = elite == nullptr ? -1.0F : elite->screened;
  }
  std::vector<std::size_t> rows;
  std::vector<ItemPtr> candidates;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const float* row = screened_.data() + i * classes;
    int above = 0;
    for (std::size_t k = 0; k < classes; ++k) above += row[k] > bars[k] ? 1 : 0;
    if (above == 0) continue;
    rows.push_back(i);
    candidates.push_back(items[i]);
  }

  confidences_.assign(screened_.size(), 0.0F);
  if (!candidates.empty()) {
    const Span<const float> exact = exact_.evaluate(candidates, before_block).confidences;
    for (std::size_t c = 0; c < rows.size(); ++c) {
      std::copy_n(exact.begin() + static_cast<std::ptrdiff_t>(c * classes), classes,
                  confidences_.begin() + static_cast<std::ptrdiff_t>(rows[c] * classes));
    }
  }
  confirmed_ = candidates.size();
  counts_.items += items.size();
  counts_.confirmed += confirmed_;
  return {confidences_, screened_};
}

void Screening::tell(const AddReport& added) {
  std::uint64_t entered = 0;
  int last_row = -1;
  for (const Improvement& improvement : added.improvements) {  // in order of row
    entered += improvement.row != last_row ? 1 : 0;
    last_row = improvement.row;
  }
  counts_.refuted += confirmed_ - entered;
}

}  // namespace fool
