// Tests of the reporter "metrics".
#include <gtest/gtest.h>

#include <sstream>

#include "fool/core/files.h"
#include "report/fake_run.h"

namespace fool {
namespace {

std::vector<Json> lines(const TemporaryFolder& folder) {
  std::istringstream text(read_file(folder / "metrics.jsonl"));
  std::vector<Json> result;
  for (std::string line; std::getline(text, line);) result.push_back(Json::parse(line));
  return result;
}

std::vector<int> generations(const TemporaryFolder& folder) {
  std::vector<int> result;
  for (const Json& line : lines(folder)) result.push_back(line.at("generation"));
  return result;
}

TEST(Metrics, ALineSaysHowTheArchiveIs) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("metrics"), folder, 1);
  const std::vector<Json> all = lines(folder);
  ASSERT_EQ(all.size(), 3U);
  FakeRun before = FakeRun::resumed(0);
  const std::uint64_t replacements_before = before.archive.stats().replacements;
  const ArchiveStats stats = run.archive.stats();
  const Json& line = all.back();
  EXPECT_EQ(line.at("generation"), 1);
  EXPECT_EQ(line.at("evaluations"), 12);
  EXPECT_EQ(line.at("seconds"), 1.5);
  EXPECT_EQ(line.at("evaluations_per_second"), 8.0);
  EXPECT_EQ(line.at("median"), stats.median);
  EXPECT_EQ(line.at("mean"), stats.mean);
  EXPECT_EQ(line.at("min"), stats.min);
  EXPECT_EQ(line.at("max"), stats.max);
  EXPECT_EQ(line.at("p10"), stats.p10);
  EXPECT_EQ(line.at("p90"), stats.p90);
  EXPECT_EQ(line.at("at_least_99"), stats.at_least_99);
  EXPECT_EQ(line.at("at_least_9999"), stats.at_least_9999);
  EXPECT_EQ(line.at("qd_score"), stats.qd_score);
  EXPECT_EQ(line.at("replacements"), stats.replacements);
  EXPECT_EQ(line.at("replaced"), stats.replacements - replacements_before);
  EXPECT_EQ(line.at("filled"), 3);
  EXPECT_EQ(line.at("stage_seconds"), (Json{{"vary", 0.0},
                                            {"render", 0.0},
                                            {"preprocess", 0.0},
                                            {"forward", 0.75},
                                            {"archive", 0.0},
                                            {"report", 0.0}}));
}

TEST(Metrics, EveryFewGenerationsAndTheLast) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("metrics", {{"every", 4}}), folder, 10);
  EXPECT_EQ(generations(folder), (std::vector<int>{0, 4, 8, 10}));
  EXPECT_EQ(lines(folder)[2].at("evaluations_per_second"), 8.0);
}

TEST(Metrics, AnInterruptedRunHasItsLastLine) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("metrics", {{"every", 4}}), folder, 6, true);
  EXPECT_EQ(generations(folder), (std::vector<int>{0, 4, 6}));
}

TEST(Metrics, ARunInterruptedAtOnceHasNoLine) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("metrics"), folder, kInitialGeneration - 1, true);
  EXPECT_EQ(generations(folder), (std::vector<int>{}));
}

TEST(Metrics, AResumedRunGoesOnFromItsCheckpoint) {
  const TemporaryFolder folder;
  FakeRun killed;
  killed.report_and_die(*FakeRun::make("metrics"), folder, 7);
  FakeRun resumed = FakeRun::resumed(4);
  resumed.report(*FakeRun::make("metrics"), folder, 10);
  const TemporaryFolder other;
  FakeRun whole;
  whole.report(*FakeRun::make("metrics"), other, 10);
  EXPECT_EQ(lines(folder), lines(other));
}

TEST(Metrics, AnUnwritablePlaceIsFoundInTheBeginning) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "metrics.jsonl");
  FakeRun run;
  expect_error(ErrorKind::kIo, "metrics.jsonl",
               [&] { FakeRun::make("metrics")->begin(run.info(folder)); });
}

}  // namespace
}  // namespace fool
