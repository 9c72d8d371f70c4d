// A study's folder: a folder per run, study.json, and the tables that are made of them.
#pragma once

#include <filesystem>
#include <vector>

#include "app/study_plan.h"
#include "fool/study/study.h"
#include "fool/study/tables.h"

namespace fool {

// Makes the folder if it is not there, and writes study.json: what the study's file said. Throws
// Error(kIo), and Error(kUsage) if the folder belongs to a study of another name.
void claim_study_folder(const std::filesystem::path& folder, const Study& study, const Json& said);

struct StudyTables {
  std::vector<StudyValue> values;
  std::vector<StudySummary> summaries;
  std::vector<StudyComparison> comparisons;
};

// Writes results.csv, summary.csv, tests.csv and classes.csv of the runs that are there, and
// returns what is in the first three. findings: of the runs, in their order. Throws as reading and
// writing files does.
StudyTables collect_study(const Study& study, const std::vector<PlannedRun>& runs,
                          const std::vector<RunFindings>& findings,
                          const std::filesystem::path& folder);

}  // namespace fool
