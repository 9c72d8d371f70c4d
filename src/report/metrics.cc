// metrics.jsonl: how the archive grows, a line a generation.
#include <optional>

#include "fool/report/reporter.h"
#include "report/common.h"
#include "report/json_lines.h"

namespace fool {
namespace {

class Metrics : public Reporter {
 public:
  explicit Metrics(const Json& settings) : every_(settings.at("every")) {}

  void begin(const RunInfo& info) override {
    file_.emplace(info.folder / "metrics.jsonl", info.first_generation);
  }

  void on_generation(const RunInfo& info, const GenerationReport& report) override {
    latest_ = line(report);
    written_ = report.generation % every_ == 0 || report.generation == info.last_generation;
    if (written_) write();
  }

  // An interrupted run's last generation may not have had its turn.
  void end(const RunInfo& info, const RunSummary& summary) override {
    if (!written_) write();
  }

 private:
  Json line(const GenerationReport& report) const {
    const double seconds = report.seconds - seconds_before_;
    const auto evaluations = static_cast<double>(report.evaluations - evaluations_before_);
    Json line{{"generation", report.generation},
              {"evaluations", report.evaluations},
              {"equivalents", report.equivalents},
              {"seconds", report.seconds},
              {"evaluations_per_second", seconds > 0 ? evaluations / seconds : 0.0}};
    line.update(to_json(report.stats));
    line["replaced"] = report.added.improvements.size();
    for (int i = 0; i < kStageCount; ++i) {
      line["stage_seconds"][std::string(kStageNames[static_cast<std::size_t>(i)])] =
          report.times[static_cast<Stage>(i)];
    }
    return line;
  }

  void write() {
    file_->append({latest_});
    written_ = true;
    seconds_before_ = latest_["seconds"];
    evaluations_before_ = latest_["evaluations"];
  }

  int every_;
  std::optional<JsonLines> file_;
  Json latest_;
  bool written_ = true;
  // At the last line of this process.
  double seconds_before_ = 0;
  std::uint64_t evaluations_before_ = 0;
};

FOOL_REGISTER(ReporterRegistry,
              {"metrics",
               "metrics.jsonl: confidences, speed and stage times, a line a generation.",
               {param("every", 1, "Generations between lines; the last one always has its line.")
                    .at_least(1)},
               {},
               [](const Json& settings) { return std::make_unique<Metrics>(settings); }});

}  // namespace
}  // namespace fool
