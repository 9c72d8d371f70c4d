#include "fool/study/metrics_file.h"

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json.h"
#include "fool/core/json_error.h"

namespace fool {
namespace {

MetricsLine parse_line(const std::string& text) {
  const Json json = Json::parse(text);
  MetricsLine line;
  line.generation = json.at("generation").get<int>();
  for (std::size_t i = 0; i < kStudyMetrics.size(); ++i) {
    line.values[i] = json.at(kStudyMetrics[i].key).get<double>();
  }
  return line;
}

}  // namespace

std::vector<std::string> study_metric_names() {
  std::vector<std::string> names;
  for (const StudyMetric& metric : kStudyMetrics) names.emplace_back(metric.name);
  return names;
}

double MetricsLine::value(const std::string& metric) const {
  for (std::size_t i = 0; i < kStudyMetrics.size(); ++i) {
    if (metric == kStudyMetrics[i].name) return values[i];
  }
  fail(ErrorKind::kInternal, "there is no metric \"{}\"", metric);
}

std::vector<MetricsLine> read_metrics(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  std::vector<MetricsLine> lines;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) return lines;
    try {
      lines.push_back(parse_line(text.substr(begin, end - begin)));
    } catch (const Json::exception& error) {
      fail(ErrorKind::kData, "{}:{}: expected a generation's metrics: {}", file.string(),
           lines.size() + 1, complaint_of(error));
    }
    if (lines.size() > 1 && lines.back().generation <= lines[lines.size() - 2].generation) {
      fail(ErrorKind::kData, "{}:{}: expected a generation after {}, found {}", file.string(),
           lines.size(), lines[lines.size() - 2].generation, lines.back().generation);
    }
    begin = end + 1;
  }
}

}  // namespace fool
