// Lines of a metrics.jsonl as a run would write them: 100 evaluations a generation, and confidences
// that grow with it.
#pragma once

#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/study/metrics_file.h"

namespace fool {

inline Json metrics_json(int generation, double median = 0.5) {
  Json json{{"generation", generation}};
  for (const StudyMetric& metric : kStudyMetrics) json[metric.key] = generation + 1;
  json["median"] = median;
  json["evaluations"] = 100 * (generation + 2);
  json["equivalents"] = 200 * (generation + 2);
  return json;
}

inline std::string metrics_text(const std::vector<int>& generations, double median = 0.5) {
  std::string text;
  for (const int generation : generations) text += metrics_json(generation, median).dump() + "\n";
  return text;
}

}  // namespace fool
