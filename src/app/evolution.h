// The loop that joins search, evaluator, archive and reporters: the whole of `fool evolve` in ten
// lines.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "app/experiment.h"
#include "fool/archive/archive.h"
#include "fool/report/reporter.h"

namespace fool {

// How far a run has come; what a checkpoint keeps beside the archive.
struct EvolutionState {
  Archive archive;
  int generation = kInitialGeneration - 1;  // the last one that was finished
  std::uint64_t evaluations = 0;
  double seconds = 0;
  std::uint64_t equivalents = 0;  // what the evaluations cost, see evaluations.h
};

// One generation: ask, evaluate, add, tell. On return state.generation is one more; if
// `before_block` throws, the state is as it was. Time of this thread goes to `own`, that of the
// workers to the evaluator.
struct GenerationResult {
  std::vector<ItemPtr> items;
  AddReport added;
};
GenerationResult advance(Experiment& experiment, EvolutionState& state, StageTimes& own,
                         const std::function<void()>& before_block = {});

// Runs the generations after state.generation, up to info.last_generation or until the budget is
// used up. `interrupted` is asked
// before every block; when it says yes, on any rank, the unfinished generation is dropped and the
// reporters' save() and end() are called. If a block fails, save() is, and the error comes out.
RunSummary evolve(Experiment& experiment, EvolutionState& state, const RunInfo& info,
                  const std::vector<std::unique_ptr<Reporter>>& reporters,
                  const std::function<bool()>& interrupted);

// Calls the reporters' save() with the last finished generation; nothing of it is thrown.
void save_quietly(const EvolutionState& state, const RunInfo& info,
                  const std::vector<std::unique_ptr<Reporter>>& reporters);

}  // namespace fool
