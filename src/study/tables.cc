#include "fool/study/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

namespace fool {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

// Where the runs of one setting are looked at: a limit in generations or in evaluations.
struct Limits {
  bool of_evaluations = false;
  std::vector<double> values;
};

double reached(const MetricsLine& line, const Limits& limits) {
  return limits.of_evaluations ? line.value("equivalents") : static_cast<double>(line.generation);
}

// The checkpoints that at least one run has come to.
Limits limits_of(const StudyCheckpoints& checkpoints, Span<const StudyResult* const> runs) {
  Limits limits;
  limits.of_evaluations = !checkpoints.evaluations.empty();
  double furthest = -kNever;
  for (const StudyResult* run : runs) {
    if (!run->lines.empty()) furthest = std::max(furthest, reached(run->lines.back(), limits));
  }
  const auto add = [&](double limit) {
    if (limit <= furthest) limits.values.push_back(limit);
  };
  for (const std::uint64_t limit : checkpoints.evaluations) add(static_cast<double>(limit));
  for (const int limit : checkpoints.generations) add(limit);
  for (int limit = 0; checkpoints.every > 0 && limit <= furthest; limit += checkpoints.every) {
    add(limit);
  }
  return limits;
}

// The line that counts at a limit, or null.
const MetricsLine* line_at(const StudyResult& run, const Limits& limits, double limit) {
  if (run.lines.empty()) return nullptr;
  if (reached(run.lines.back(), limits) < limit) return run.finished ? &run.lines.back() : nullptr;
  const auto after =
      std::partition_point(run.lines.begin(), run.lines.end(),
                           [&](const MetricsLine& line) { return reached(line, limits) <= limit; });
  if (after == run.lines.begin()) return nullptr;
  const MetricsLine& line = *std::prev(after);
  // Of generations, exactly that one: metrics.jsonl need not have all.
  if (!limits.of_evaluations && reached(line, limits) != limit) return nullptr;
  return &line;
}

// All values of one setting, a run after the other.
class SettingTable {
 public:
  SettingTable(const Study& study, Span<const StudyResult* const> runs)
      : study_(study),
        runs_(runs),
        limits_(limits_of(study.checkpoints, runs)),
        last_limit_is_end_(ends_with_last_limit()) {}

  void append_to(std::vector<StudyValue>& values) const {
    for (const StudyResult* run : runs_) {
      for (std::size_t c = 0; c < limits_.values.size(); ++c) {
        const MetricsLine* line = line_at(*run, limits_, limits_.values[c]);
        if (line == nullptr) continue;
        const bool end = last_limit_is_end_ && c + 1 == limits_.values.size() && run->finished;
        const int generation =
            limits_.of_evaluations ? line->generation : static_cast<int>(limits_.values[c]);
        append(*run, *line, static_cast<int>(c), generation, end, values);
      }
      if (last_limit_is_end_ || !run->finished || run->lines.empty()) continue;
      const MetricsLine& line = run->lines.back();
      append(*run, line, static_cast<int>(limits_.values.size()), line.generation, true, values);
    }
  }

 private:
  // Is the last limit where all finished runs end?
  bool ends_with_last_limit() const {
    if (limits_.values.empty()) return false;
    const double limit = limits_.values.back();
    return std::all_of(runs_.begin(), runs_.end(), [&](const StudyResult* run) {
      return !run->finished || run->lines.empty() ||
             line_at(*run, limits_, limit) == &run->lines.back();
    });
  }

  void append(const StudyResult& run, const MetricsLine& line, int checkpoint, int generation,
              bool last, std::vector<StudyValue>& values) const {
    for (const std::string& metric : study_.metrics) {
      values.push_back({run.setting, run.seed, metric, checkpoint, generation,
                        line.value("evaluations"), line.value(metric), last});
    }
  }

  const Study& study_;
  Span<const StudyResult* const> runs_;
  Limits limits_;
  bool last_limit_is_end_;
};

// As few digits as tell a float from its neighbours: nothing but 1 looks like 1.
std::string short_number(double value) { return fmt::format("{}", static_cast<float>(value)); }

}  // namespace

std::vector<StudyValue> study_values(const Study& study, Span<const StudyResult> results) {
  std::vector<StudyValue> values;
  for (const StudySetting& setting : study.settings) {
    std::vector<const StudyResult*> runs;
    for (const StudyResult& result : results) {
      if (result.setting == setting.name) runs.push_back(&result);
    }
    SettingTable(study, runs).append_to(values);
  }
  return values;
}

std::vector<StudySummary> summarise(const Study& study, Span<const StudyValue> values) {
  std::vector<StudySummary> summaries;
  for (const StudySetting& setting : study.settings) {
    std::vector<const StudyValue*> own;
    int checkpoints = 0;
    for (const StudyValue& value : values) {
      if (value.setting != setting.name) continue;
      own.push_back(&value);
      checkpoints = std::max(checkpoints, value.checkpoint + 1);
    }
    for (const std::string& metric : study.metrics) {
      std::vector<std::vector<double>> numbers(static_cast<std::size_t>(checkpoints));
      std::vector<StudySummary> rows(numbers.size());
      for (const StudyValue* value : own) {
        if (value->metric != metric) continue;
        const auto c = static_cast<std::size_t>(value->checkpoint);
        StudySummary& row = rows[c];
        row.generation =
            numbers[c].empty() ? value->generation : std::max(row.generation, value->generation);
        row.last = row.last || value->last;
        numbers[c].push_back(value->value);
      }
      for (std::size_t c = 0; c < rows.size(); ++c) {
        if (numbers[c].empty()) continue;
        StudySummary& row = rows[c];
        row.setting = setting.name;
        row.metric = metric;
        row.n = static_cast<int>(numbers[c].size());
        row.median = median(numbers[c]);
        row.interval = bootstrap_interval(numbers[c], study.level, study.resamples);
        summaries.push_back(row);
      }
    }
  }
  return summaries;
}

std::vector<StudyComparison> compare_settings(const Study& study, Span<const StudyValue> values) {
  const auto ends = [&](const std::string& setting, const std::string& metric) {
    std::vector<double> result;
    for (const StudyValue& value : values) {
      if (value.last && value.setting == setting && value.metric == metric) {
        result.push_back(value.value);
      }
    }
    return result;
  };
  std::vector<StudyComparison> comparisons;
  for (const std::string& metric : study.metrics) {
    std::vector<std::vector<double>> samples;
    for (const StudySetting& setting : study.settings) {
      samples.push_back(ends(setting.name, metric));
    }
    for (std::size_t a = 0; a < samples.size(); ++a) {
      for (std::size_t b = a + 1; b < samples.size(); ++b) {
        if (samples[a].empty() || samples[b].empty()) continue;
        comparisons.push_back({metric, study.settings[a].name, study.settings[b].name,
                               static_cast<int>(samples[a].size()),
                               static_cast<int>(samples[b].size()),
                               mann_whitney(samples[a], samples[b])});
      }
    }
  }
  return comparisons;
}

// No field needs quotes: names are fit for files.
std::string results_csv(const Study& study, Span<const StudyValue> values) {
  std::string text = "study,setting,seed,metric,generation,evaluations,value\n";
  for (const StudyValue& v : values) {
    text += fmt::format("{},{},{},{},{},{:.0f},{}\n", study.name, v.setting, v.seed, v.metric,
                        v.generation, v.evaluations, v.value);
  }
  return text;
}

std::string summary_csv(Span<const StudySummary> summaries) {
  std::string text = "setting,metric,generation,n,median,low,high\n";
  for (const StudySummary& s : summaries) {
    text += fmt::format("{},{},{},{},{},{},{}\n", s.setting, s.metric, s.generation, s.n, s.median,
                        s.interval.low, s.interval.high);
  }
  return text;
}

std::string tests_csv(Span<const StudyComparison> comparisons) {
  std::string text = "metric,setting_a,setting_b,n_a,n_b,u,p,effect\n";
  for (const StudyComparison& c : comparisons) {
    text += fmt::format("{},{},{},{},{},{},{},{}\n", c.metric, c.a, c.b, c.n_a, c.n_b, c.test.u,
                        c.test.p, c.test.effect);
  }
  return text;
}

std::string study_text(const Study& study, Span<const StudySummary> summaries,
                       Span<const StudyComparison> comparisons) {
  std::size_t width = 7;
  for (const StudySetting& setting : study.settings) width = std::max(width, setting.name.size());
  std::string text =
      fmt::format("{:<{}}  {:<15}  {:>10}  {:>4}  {:>12}  {:g} % interval\n", "setting", width,
                  "metric", "generation", "runs", "median", 100 * study.level);
  for (const StudySummary& s : summaries) {
    if (!s.last) continue;
    text += fmt::format("{:<{}}  {:<15}  {:>10}  {:>4}  {:>12}  {} .. {}\n", s.setting, width,
                        s.metric, s.generation, s.n, short_number(s.median),
                        short_number(s.interval.low), short_number(s.interval.high));
  }
  if (comparisons.empty()) return text;
  text += fmt::format("\n{:<15}  {:<{}}  {:<{}}  {:>8}  {:>10}  effect\n", "metric", "setting",
                      width, "against", width, "U", "p");
  for (const StudyComparison& c : comparisons) {
    text += fmt::format("{:<15}  {:<{}}  {:<{}}  {:>8g}  {:>10.3g}  {:.3g}\n", c.metric, c.a, width,
                        c.b, width, c.test.u, c.test.p, c.test.effect);
  }
  return text;
}

}  // namespace fool
