#include "app/evolution.h"

#include <chrono>

#include "fool/core/failure.h"

namespace fool {

GenerationResult advance(Experiment& x, EvolutionState& state, StageTimes& own,
                         const std::function<void()>& before_block) {
  GenerationResult result;
  const int generation = state.generation + 1;
  {
    const ScopedStage stage(own, Stage::kVary);
    result.items = x.search->ask(state.archive, generation, state.evaluations, *x.pool);
  }
  Evaluations evaluations;
  Span<const float> screened;
  if (x.screening != nullptr) {
    const Screening::Scores scores =
        x.screening->evaluate(state.archive, result.items, before_block);
    evaluations.confidences = scores.confidences;
    screened = scores.screened;
  } else {
    evaluations = x.evaluator->evaluate(result.items, before_block);
  }
  const ScopedStage stage(own, Stage::kArchive);
  result.added = state.archive.add(result.items, evaluations.confidences, screened);
  if (x.screening != nullptr) x.screening->tell(result.added);
  x.search->tell(result.items, evaluations, result.added);
  state.generation = generation;
  state.evaluations += result.items.size();
  state.equivalents += equivalents_of(result.items);
  return result;
}

namespace {

RunSummary summary_of(const EvolutionState& state) {
  RunSummary summary;
  summary.generation = state.generation;
  summary.evaluations = state.evaluations;
  summary.seconds = state.seconds;
  summary.equivalents = state.equivalents;
  summary.stats = state.archive.stats();
  return summary;
}

// The same on all ranks, whose clocks differ.
bool used_up(const Budget& budget, const EvolutionState& state, Communicator& ranks) {
  if (budget.equivalents > 0 && state.equivalents >= budget.equivalents) return true;
  if (budget.median > 0 && state.archive.stats().median >= budget.median) return true;
  if (budget.seconds <= 0) return false;
  return ranks.exchange(state.seconds >= budget.seconds ? "late" : "").front() == "late";
}

}  // namespace

void save_quietly(const EvolutionState& state, const RunInfo& info,
                  const std::vector<std::unique_ptr<Reporter>>& reporters) {
  try {
    for (const auto& reporter : reporters) reporter->save(info, summary_of(state));
  } catch (const Error&) {
    // There is something worse to report, and the checkpoint before is still there.
  }
}

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
    return sum += x.times();
  };

  bool stopped = false;
  while (state.generation < info.last_generation && !stopped) {
    try {
      if (used_up(info.budget, state, *x.ranks)) break;
      const GenerationResult result = advance(x, state, own, stop_if_asked);
      state.seconds = seconds_before + std::chrono::duration<double>(Clock::now() - start).count();
      if (reporters.empty()) continue;
      const GenerationReport report{state.generation, state.evaluations, state.seconds,
                                    result.items,     result.added,      state.archive.stats(),
                                    times(),          state.equivalents};
      const ScopedStage stage(own, Stage::kReport);
      for (const auto& reporter : reporters) reporter->on_generation(info, report);
    } catch (const Interrupted&) {
      stopped = true;
    } catch (...) {
      save_quietly(state, info, reporters);
      throw;
    }
  }

  RunSummary summary = summary_of(state);
  summary.times = times();
  summary.interrupted = stopped;
  summary.digest = state.archive.digest(*x.encoding);
  if (stopped) save_quietly(state, info, reporters);
  for (const auto& reporter : reporters) reporter->end(info, summary);
  return summary;
}

}  // namespace fool
