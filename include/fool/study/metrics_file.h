// A run's metrics.jsonl, read for what a study compares.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace fool {

// What a study can compare, and the key in metrics.jsonl.
struct StudyMetric {
  const char* name;
  const char* key;
};
inline constexpr std::array<StudyMetric, 13> kStudyMetrics{{
    {"median", "median"},
    {"mean", "mean"},
    {"min", "min"},
    {"max", "max"},
    {"p10", "p10"},
    {"p90", "p90"},
    {"classes_at_99", "at_least_99"},
    {"classes_at_9999", "at_least_9999"},
    {"filled", "filled"},
    {"qd_score", "qd_score"},
    {"evaluations", "evaluations"},
    {"equivalents", "equivalents"},
    {"seconds", "seconds"},
}};

std::vector<std::string> study_metric_names();

// A generation.
struct MetricsLine {
  int generation = 0;
  std::array<double, kStudyMetrics.size()> values{};  // as kStudyMetrics has them

  double value(const std::string& metric) const;  // metric: one of the names
};

// All lines that are whole: the last one may be in the making. Throws Error(kIo), and Error(kData)
// naming the line that is none of a run's.
std::vector<MetricsLine> read_metrics(const std::filesystem::path& file);

}  // namespace fool
