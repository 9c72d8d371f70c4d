// Folders as runs of a study leave them, without the runs.
#pragma once

#include <string>

#include "app/study_plan.h"
#include "fool/core/files.h"
#include "fool/report/run_folder.h"
#include "study/metrics_lines.h"

namespace fool {

// A run that has come to a generation; `ended` after it was done or interrupted, not when killed.
inline void write_run(const PlannedRun& run, int generation, bool ended = true,
                      double median = 0.5) {
  const RunFolder folder = RunFolder::create(run.folder);
  RunRecord record;
  record.config = run.config;
  record.ended = ended;
  folder.write_record(record);
  std::vector<int> generations;
  for (int g = -1; g <= generation; ++g) generations.push_back(g);
  write_file(run.folder / "metrics.jsonl", metrics_text(generations, median));
  write_file(run.folder / "classes.csv",
             "class,label,confidence,generation\n0,\"goldfish, carp\",0.25,3\n1,shark,,\n");
}

}  // namespace fool
