// What comes out of a study: tidy tables of values, of medians with their intervals, and of tests
// between settings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fool/core/span.h"
#include "fool/study/metrics_file.h"
#include "fool/study/statistics.h"
#include "fool/study/study.h"

namespace fool {

// One run, as far as it has come.
struct StudyResult {
  std::string setting;
  std::uint64_t seed = 0;
  bool finished = false;
  std::vector<MetricsLine> lines;  // ascending generations
};

// What a run had at a checkpoint.
struct StudyValue {
  std::string setting;
  std::uint64_t seed = 0;
  std::string metric;
  int checkpoint = 0;  // the same for all runs of a setting
  int generation = 0;
  double evaluations = 0;
  double value = 0;
  bool last = false;  // of the run: what settings are compared by
};

// The values of all runs, by setting, seed, checkpoint and metric. A run that has not come to a
// checkpoint has none there; one that ended before others of its setting (it may have reached its
// goal) counts from then on with what it ended with.
std::vector<StudyValue> study_values(const Study& study, Span<const StudyResult> results);

// A setting's runs at a checkpoint.
struct StudySummary {
  std::string setting;
  std::string metric;
  int generation = 0;  // the latest of its runs
  int n = 0;
  double median = 0;
  Interval interval;
  bool last = false;
};
std::vector<StudySummary> summarise(const Study& study, Span<const StudyValue> values);

// Two settings, by what their finished runs ended with.
struct StudyComparison {
  std::string metric;
  std::string a;
  std::string b;
  int n_a = 0;
  int n_b = 0;
  MannWhitney test;
};
std::vector<StudyComparison> compare_settings(const Study& study, Span<const StudyValue> values);

// results.csv, summary.csv and tests.csv.
std::string results_csv(const Study& study, Span<const StudyValue> values);
std::string summary_csv(Span<const StudySummary> summaries);
std::string tests_csv(Span<const StudyComparison> comparisons);

// The end of all runs, for people.
std::string study_text(const Study& study, Span<const StudySummary> summaries,
                       Span<const StudyComparison> comparisons);

}  // namespace fool
