#include "app/evolution.h"

#include <chrono>

#include "app/interrupt.h"

namespace fool {

RunSummary evolve(Experiment& x, EvolutionState& state, const RunInfo& info,
                  const std::vector<std::unique_ptr<Reporter>>& reporters,
                  const std::function<bool()>& interrupted) {
  using Clock = std::chrono::steady_clock;
  const double seconds_before = state.seconds;
  for (const auto& reporter : reporters) reporter->begin(info);
  const auto start = Clock::now();
  const auto stop_if_asked = [&] {
    if (interrupted()) throw Interrupted{};
  };
  StageTimes own;  // of this thread; the evaluator keeps its workers'
  const auto times = [&] {
    StageTimes sum = own;
    return sum += x.evaluator->times();
  };

  bool stopped = false;
  for (int g = state.generation + 1; g <= info.last_generation && !stopped; ++g) {
    try {
      std::vector<ItemPtr> items;
      {
        const ScopedStage stage(own, Stage::kVary);
        items = x.search->ask(state.archive, g, state.evaluations, *x.pool);
      }
      const Span<const float> confidences = x.evaluator->evaluate(items, stop_if_asked);
      AddReport added;
      {
        const ScopedStage stage(own, Stage::kArchive);
        added = state.archive.add(items, confidences);
        x.search->tell(items, confidences, added);
      }
      state.generation = g;
      state.evaluations += items.size();
      state.seconds = seconds_before + std::chrono::duration<double>(Clock::now() - start).count();
      const GenerationReport report{g,     state.evaluations,     state.seconds, items,
                                    added, state.archive.stats(), times()};
      const ScopedStage stage(own, Stage::kReport);
      for (const auto& reporter : reporters) reporter->on_generation(info, report);
    } catch (const Interrupted&) {
      stopped = true;
    }
    stopped = stopped || interrupted();
  }

  RunSummary summary;
  summary.generation = state.generation;
  summary.evaluations = state.evaluations;
  summary.seconds = state.seconds;
  summary.stats = state.archive.stats();
  summary.times = times();
  summary.interrupted = stopped && state.generation < info.last_generation;
  summary.digest = state.archive.digest(*x.encoding);
  for (const auto& reporter : reporters) reporter->end(info, summary);
  return summary;
}

}  // namespace fool
