#include "app/study_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "fakes/expect_error.h"
#include "fool/core/json.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Starts nothing; news comes as the test has written it, a list for each wait.
class Script : public ProcessLauncher {
 public:
  int start(const std::vector<std::string>& arguments) override {
    log.push_back("start " + arguments.at(0));
    return next_++;
  }
  std::vector<ProcessNews> wait(double seconds) override {
    log.emplace_back("wait");
    if (script.empty()) throw std::logic_error("waits for nothing");
    std::vector<ProcessNews> news = script.front();
    script.erase(script.begin());
    return news;
  }
  void signal(int signal) override { log.push_back("signal " + std::to_string(signal)); }

  std::vector<std::vector<ProcessNews>> script;
  std::vector<std::string> log;

 private:
  int next_ = 0;
};

class StudyRunner : public ::testing::Test {
 protected:
  StudyOutcome run(const std::vector<std::string>& names, int processes) {
    std::vector<StudyJob> jobs;
    for (const std::string& name : names) jobs.push_back({name, {name}, 10, 0});
    StudyWatcher watcher;
    watcher.interrupt = [&] { return interrupt_after > 0 && --interrupt_after == 0 ? SIGINT : 0; };
    watcher.progress = [&](double done, const std::string& note) {
      progress.push_back(fmt::format("{} {}", done, note));
    };
    watcher.say = [&](const std::string& name, const std::string& line) {
      said.push_back(name + ": " + line);
    };
    return run_jobs(jobs, processes, script_, watcher);
  }

  Script script_;
  int interrupt_after = 0;  // questions
  std::vector<std::string> progress;
  std::vector<std::string> said;
};

std::string evolve_progress(int done, int total, const std::string& note) {
  return Json{{"task", "evolve"}, {"done", done}, {"total", total}, {"note", note}}.dump();
}

TEST_F(StudyRunner, KeepsSomeAtWork) {
  script_.script = {{}, {{1, {}, 0}}, {{0, {}, 0}, {2, {}, 0}}};
  const StudyOutcome outcome = run({"a", "b", "c"}, 2);
  EXPECT_EQ(outcome.finished, 3);
  EXPECT_TRUE(outcome.failures.empty());
  EXPECT_THAT(script_.log, ElementsAre("start a", "start b", "wait", "wait", "start c", "wait"));
}

TEST_F(StudyRunner, AddsUpProgress) {
  script_.script = {{{0, {evolve_progress(50, 100, "generation 5/10")}, {}}},
                    {{1, {evolve_progress(1, 10, "generation 1/10"), "fool: a word"}, {}}},
                    {{0, {}, 0}},
                    {{1, {R"({"task":"download","done":1,"total":1})"}, 0}}};
  run({"a", "b"}, 2);
  EXPECT_THAT(progress, ElementsAre("5 a generation 5/10", "6 b generation 1/10",
                                    "11 b generation 1/10", "20 b generation 1/10"));
  EXPECT_THAT(said, ElementsAre("b: fool: a word"));
}

TEST_F(StudyRunner, GoesOnWhereARunFails) {
  script_.script = {{{0, {"fool: no such model"}, 4}}, {{1, {}, 0}}};
  const StudyOutcome outcome = run({"a", "b"}, 1);
  EXPECT_EQ(outcome.finished, 1);
  ASSERT_EQ(outcome.failures.size(), 1U);
  EXPECT_EQ(outcome.failures[0].name, "a");
  EXPECT_EQ(outcome.failures[0].exit_code, 4);
  EXPECT_EQ(outcome.failures[0].message, "fool: no such model");
}

TEST_F(StudyRunner, PassesASignalOnOnceAndStartsNoMore) {
  interrupt_after = 2;
  script_.script = {{}, {{0, {"fool: interrupted"}, 128 + SIGTERM}}, {{1, {}, 0}}};
  const StudyOutcome outcome = run({"a", "b", "c"}, 2);
  EXPECT_EQ(outcome.signal, SIGINT);
  EXPECT_EQ(outcome.finished, 1);
  EXPECT_TRUE(outcome.failures.empty());
  EXPECT_THAT(script_.log, ElementsAre("start a", "start b", "wait", "signal 15", "wait", "wait"));
  EXPECT_TRUE(said.empty());
}

TEST_F(StudyRunner, ReportsWhatCouldNotBeSaved) {
  interrupt_after = 2;
  script_.script = {{}, {{0, {"fool: the disk is full"}, 6}}};
  const StudyOutcome outcome = run({"a"}, 1);
  ASSERT_EQ(outcome.failures.size(), 1U);
  EXPECT_EQ(outcome.failures[0].message, "fool: the disk is full");
}

TEST_F(StudyRunner, InterruptedAtOnceStartsNothing) {
  interrupt_after = 1;
  const StudyOutcome outcome = run({"a"}, 1);
  EXPECT_EQ(outcome.signal, SIGINT);
  EXPECT_THAT(script_.log, ElementsAre("signal 15"));
}

TEST_F(StudyRunner, NeedsAProcess) {
  EXPECT_THAT(error_message(ErrorKind::kInternal, [&] { run({"a"}, 0); }),
              HasSubstr("expected one process or more, found 0"));
}

}  // namespace
}  // namespace fool
