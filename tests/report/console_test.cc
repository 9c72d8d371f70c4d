#include "report/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "fool/core/files.h"
#include "report/common.h"
#include "report/fake_run.h"

namespace fool {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ConsoleTest : public ::testing::Test {
 protected:
  // Runs `run` until a generation and keeps what was said.
  void play(FakeRun& run, int until, SummaryStyle summary, bool interrupted = false) {
    std::ostringstream talk;
    std::ostringstream result;
    double now = 0;
    ProgressOptions progress;
    progress.clock = [&now] { return now += 1; };
    ConsoleReporter console(talk, result, progress, summary);
    run.report(console, folder_, until, interrupted);
    talk_ = talk.str();
    result_ = result.str();
  }

  TemporaryFolder folder_;
  std::string talk_;
  std::string result_;
};

TEST_F(ConsoleTest, TalksWhileItLasts) {
  FakeRun run;
  play(run, 10, SummaryStyle::kOff);
  EXPECT_THAT(
      talk_,
      StartsWith(
          "evolve  25 %  12 of 48 images  4.00 images/s  ETA 0:09  generation 1/10  median "));
  EXPECT_THAT(talk_, HasSubstr("\nevolve 100 %  48 of 48 images"));
  EXPECT_EQ(result_, "");
}

TEST_F(ConsoleTest, AResumedRunStartsWhereItWas) {
  FakeRun run = FakeRun::resumed(4);
  play(run, 10, SummaryStyle::kOff);
  EXPECT_THAT(talk_, StartsWith("evolve  75 %  36 of 48 images  4.00 images/s"));
}

TEST_F(ConsoleTest, ABudgetIsWhatProgressIsMeasuredBy) {
  const auto talk = [&](const Budget& budget, int last) {
    FakeRun run;
    run.budget = budget;
    run.last_generation = last;
    play(run, 10, SummaryStyle::kOff);
    return talk_;
  };
  EXPECT_THAT(talk({24, 0, 0}, 10), StartsWith("evolve  50 %  12 of 24 images"));
  EXPECT_THAT(talk({120, 0, 0}, kMostGenerations),
              StartsWith("evolve  10 %  12 of 120 images  4.00 images/s  ETA 0:27  generation 1  "
                         "median "));
  EXPECT_THAT(talk({0, 3, 0}, kMostGenerations), StartsWith("evolve  33 %  1 of 3 seconds"));
  EXPECT_THAT(talk({0, 0, 0.999}, kMostGenerations),
              HasSubstr(" of 999 thousandths of confidence"));
}

TEST_F(ConsoleTest, FewClassesAreAllInTheTable) {
  FakeRun run(2);
  write_file(folder_ / "contact_sheet.png", "x");
  play(run, 10, SummaryStyle::kTable);
  const ArchiveStats stats = run.archive.stats();
  const auto text = [](double confidence) { return confidence_text(confidence, 6); };
  EXPECT_EQ(result_,
            fmt::format("  class  label                           confidence\n"
                        "      0  label 0                         {}\n"
                        "      1  label 1                         {}\n"
                        "\n"
                        "  median {}   mean {}   min {}   max {}\n"
                        "\n"
                        "generation 10, 48 images in 0:06 (8.00/s)\n"
                        "archive       {}\n"
                        "run           {}\n"
                        "contact sheet {}/contact_sheet.png\n",
                        text(run.archive.cell(0)->confidence),
                        text(run.archive.cell(1)->confidence), text(stats.median), text(stats.mean),
                        text(stats.min), text(stats.max), run.archive.digest(run.encoding),
                        folder_.path().string(), folder_.path().string()));
}

TEST_F(ConsoleTest, OfManyClassesTheBestAndTheWorstAreShown) {
  FakeRun run(30);
  play(run, 10, SummaryStyle::kTable);
  int surest = 0;
  int half = 0;
  for (int k = 0; k < 30; ++k) {
    if (run.archive.cell(k)->confidence > run.archive.cell(surest)->confidence) surest = k;
    half += run.archive.cell(k)->confidence >= 0.5F ? 1 : 0;
  }
  EXPECT_THAT(result_, StartsWith(fmt::format("  {:>5} of 30 classes at 0.5 or more\n", half)));
  EXPECT_THAT(result_, HasSubstr(" of 30 classes at 0.9999 or more\n"));
  EXPECT_THAT(result_, HasSubstr(fmt::format("  the surest\n  {:>5}  label {}", surest, surest)));
  EXPECT_THAT(result_, HasSubstr("  the least sure\n"));
  EXPECT_THAT(result_, Not(HasSubstr("contact sheet")));
  EXPECT_EQ(std::count(result_.begin(), result_.end(), '\n'), 24);
}

TEST_F(ConsoleTest, AnInterruptedRunSaysHowToGoOn) {
  FakeRun run;
  play(run, 3, SummaryStyle::kTable, true);
  EXPECT_THAT(result_, EndsWith("interrupted; continue with: fool evolve --resume " +
                                folder_.path().string() + "\n"));
}

TEST_F(ConsoleTest, InterruptedAfterTheInitialPopulation) {
  FakeRun run;
  play(run, kInitialGeneration, SummaryStyle::kTable, true);
  EXPECT_THAT(result_, HasSubstr("\ninitial population, "));
}

TEST_F(ConsoleTest, InterruptedBeforeAnythingWasDone) {
  FakeRun run;
  play(run, kInitialGeneration - 1, SummaryStyle::kTable, true);
  EXPECT_THAT(result_, HasSubstr("interrupted before the first generation was finished\n"));
  EXPECT_THAT(result_, HasSubstr("label 2                         0.000000\n"));
}

TEST_F(ConsoleTest, JsonForPrograms) {
  FakeRun run;
  play(run, 10, SummaryStyle::kJson);
  const Json json = Json::parse(result_);
  EXPECT_EQ(json.at("folder"), folder_.path().string());
  EXPECT_EQ(json.at("contact_sheet"), "");
  EXPECT_EQ(json.at("generation"), 10);
  EXPECT_EQ(json.at("evaluations"), 48);
  EXPECT_EQ(json.at("seconds"), 6.0);
  EXPECT_EQ(json.at("interrupted"), false);
  EXPECT_EQ(json.at("archive"), run.archive.digest(run.encoding));
  EXPECT_EQ(json.at("stats").at("median"), run.archive.stats().median);
  ASSERT_EQ(json.at("classes").size(), 3U);
  EXPECT_EQ(
      json["classes"][1],
      (Json{{"class", 1}, {"label", "label 1"}, {"confidence", run.archive.cell(1)->confidence}}));
}

TEST_F(ConsoleTest, LabelsNeedNotBeUtf8) {
  FakeRun run(1);
  run.labels = {"caf\xE9"};
  play(run, 10, SummaryStyle::kJson);
  EXPECT_EQ(Json::parse(result_)["classes"][0]["label"], "caf\xEF\xBF\xBD");
}

TEST_F(ConsoleTest, IsRegisteredWithItsSettings) {
  EXPECT_NO_THROW(
      FakeRun::make("console", {{"progress", "json"}, {"summary", "json"}, {"every_seconds", 5}}));
  expect_error(ErrorKind::kConfig, "did you mean \"plain\"?", [] {
    FakeRun::make("console", {{"progress", "plan"}});
  });
}

}  // namespace
}  // namespace fool
