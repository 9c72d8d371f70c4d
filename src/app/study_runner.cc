#include "app/study_runner.h"

#include <algorithm>
#include <csignal>
#include <map>

#include "fool/core/error.h"
#include "fool/core/json.h"

namespace fool {
namespace {

constexpr double kPatience = 0.5;     // seconds between looks at the signal
constexpr int kFirstOfSignals = 128;  // exit codes

class Runner {
 public:
  Runner(const std::vector<StudyJob>& jobs, int processes, ProcessLauncher& launcher,
         const StudyWatcher& watcher)
      : jobs_(jobs),
        processes_(static_cast<std::size_t>(processes)),
        launcher_(launcher),
        watcher_(watcher) {
    for (const StudyJob& job : jobs) done_.push_back(job.done);
  }

  StudyOutcome run() {
    std::size_t next = 0;
    while (true) {
      pass_on_signal();
      while (outcome_.signal == 0 && running_.size() < processes_ && next < jobs_.size()) {
        running_[launcher_.start(jobs_[next].arguments)] = next;
        ++next;
      }
      if (running_.empty()) return outcome_;
      for (const ProcessNews& news : launcher_.wait(kPatience)) hear(news);
      tell();
    }
  }

 private:
  void pass_on_signal() {
    if (outcome_.signal != 0) return;
    outcome_.signal = watcher_.interrupt();
    // Not SIGINT, of which every process would speak.
    if (outcome_.signal != 0) launcher_.signal(SIGTERM);
  }

  void hear(const ProcessNews& news) {
    const std::size_t job = running_.at(news.id);
    for (const std::string& line : news.lines) {
      if (read_progress(job, line)) continue;
      last_words_[job] = line;
      if (outcome_.signal == 0) watcher_.say(jobs_[job].name, line);
    }
    if (!news.exit_code) return;
    running_.erase(news.id);
    const int code = *news.exit_code;
    if (code == 0) {
      ++outcome_.finished;
      done_[job] = jobs_[job].weight;
    } else if (outcome_.signal == 0 || code < kFirstOfSignals) {
      outcome_.failures.push_back({jobs_[job].name, code, last_words_[job]});
    }
  }

  // Is this a line of progress of fool evolve?
  bool read_progress(std::size_t job, const std::string& line) {
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("task")) return false;
    if (json.value("task", "") != "evolve") return true;
    const double total = json.value("total", 0.0);
    if (total > 0) {
      const double share = std::min(1.0, json.value("done", 0.0) / total);
      done_[job] = std::max(done_[job], share * jobs_[job].weight);
    }
    note_ = jobs_[job].name + " " + json.value("note", "");
    return true;
  }

  void tell() const {
    double sum = 0;
    for (const double done : done_) sum += done;
    watcher_.progress(sum, note_);
  }

  const std::vector<StudyJob>& jobs_;
  std::size_t processes_;
  ProcessLauncher& launcher_;
  const StudyWatcher& watcher_;
  std::vector<double> done_;
  std::map<int, std::size_t> running_;
  std::map<std::size_t, std::string> last_words_;
  std::string note_;
  StudyOutcome outcome_;
};

}  // namespace

StudyOutcome run_jobs(const std::vector<StudyJob>& jobs, int processes, ProcessLauncher& launcher,
                      const StudyWatcher& watcher) {
  if (processes < 1) {
    fail(ErrorKind::kInternal, "run_jobs: expected one process or more, found {}", processes);
  }
  return Runner(jobs, processes, launcher, watcher).run();
}

}  // namespace fool
