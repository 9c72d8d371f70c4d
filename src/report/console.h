// How a run goes, on the screen: progress while it lasts, a summary at the end. Streams are
// injected so that tests can read them.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "fool/report/progress.h"
#include "fool/report/reporter.h"

namespace fool {

enum class SummaryStyle { kTable, kJson, kOff };

class ConsoleReporter : public Reporter {
 public:
  // `talk` (stderr) gets the progress, `result` (stdout) the summary; both must outlive this.
  ConsoleReporter(std::ostream& talk, std::ostream& result, ProgressOptions progress,
                  SummaryStyle summary);

  void begin(const RunInfo& info) override;
  void on_generation(const RunInfo& info, const GenerationReport& report) override;
  void end(const RunInfo& info, const RunSummary& summary) override;

 private:
  std::ostream& talk_;
  std::ostream& result_;
  ProgressOptions options_;
  SummaryStyle summary_;
  std::unique_ptr<Progress> progress_;
  std::function<std::uint64_t(const GenerationReport&)> done_;  // in the unit of the progress
};

}  // namespace fool
