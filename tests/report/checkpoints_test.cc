// Tests of the reporter "checkpoint".
#include <gtest/gtest.h>

#include <set>

#include "fool/core/files.h"
#include "fool/report/checkpoint.h"
#include "report/fake_run.h"

namespace fool {
namespace {

using Names = std::vector<std::string>;

// The generations after which their checkpoint was there.
std::set<int> written(const Json& settings, const TemporaryFolder& folder, FakeRun& run,
                      int until) {
  const RunInfo info = run.info(folder);
  const auto reporter = FakeRun::make("checkpoint", settings);
  reporter->begin(info);
  std::set<int> result;
  const auto look = [&] {
    if (std::filesystem::exists(checkpoint_path(folder.path(), run.generation)))
      result.insert(run.generation);
  };
  while (run.generation < until) {
    run.play(run.generation + 1, reporter.get(), &info);
    look();
  }
  reporter->end(info, run.summary());
  look();
  return result;
}

TEST(Checkpoints, EveryFewGenerationsAndInTheEnd) {
  const TemporaryFolder folder;
  FakeRun run;
  EXPECT_EQ(written({{"every", 4}}, folder, run, 10), (std::set<int>{4, 8, 10}));
}

TEST(Checkpoints, EveryFewSeconds) {
  const TemporaryFolder folder;
  FakeRun run;  // half a second a generation
  EXPECT_EQ(written({{"every", 0}, {"every_seconds", 2.0}}, folder, run, 10),
            (std::set<int>{2, 6, 10}));
}

TEST(Checkpoints, NeverButInTheEnd) {
  const TemporaryFolder folder;
  FakeRun run;
  EXPECT_EQ(written({{"every", 0}, {"every_seconds", 0}}, folder, run, 10), (std::set<int>{10}));
}

TEST(Checkpoints, AnInterruptedRunCanGoOnAsIfItHadNot) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("checkpoint"), folder, 6, true);
  std::vector<std::string> warnings;
  const auto checkpoint = read_newest_checkpoint(folder.path(), run.encoding, &warnings);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->generation, 6);
  EXPECT_EQ(checkpoint->evaluations, run.evaluations);
  EXPECT_EQ(checkpoint->seconds, run.seconds);
  EXPECT_EQ(checkpoint->config, run.config);
  EXPECT_EQ(checkpoint->fingerprint, run.fingerprint);
  EXPECT_EQ(checkpoint->search_state, run.search.save_state());
  EXPECT_EQ(checkpoint->archive.save(), run.archive.save());
}

TEST(Checkpoints, SaveWritesWhatTheEndWouldAndOnlyOnce) {
  const TemporaryFolder folder;
  FakeRun run;
  const RunInfo info = run.info(folder);
  const auto reporter = FakeRun::make("checkpoint");
  reporter->begin(info);
  run.play(3, reporter.get(), &info);
  const std::filesystem::path path = checkpoint_path(folder.path(), 3);
  ASSERT_FALSE(std::filesystem::exists(path));
  reporter->save(info, run.summary());
  ASSERT_TRUE(std::filesystem::exists(path));
  std::filesystem::remove(path);
  reporter->end(info, run.summary());
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Checkpoints, NothingIsWrittenBeforeTheFirstGeneration) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("checkpoint"), folder, kInitialGeneration - 1, true);
  EXPECT_EQ(file_names(folder / "checkpoint"), Names{});
}

TEST(Checkpoints, AResumedRunDropsLaterOnes) {
  const TemporaryFolder folder;
  FakeRun run;
  run.report(*FakeRun::make("checkpoint", {{"every", 4}}), folder, 6);
  write_file(checkpoint_path(folder.path(), 6), "damaged");
  FakeRun resumed = FakeRun::resumed(4);
  FakeRun::make("checkpoint")->begin(resumed.info(folder));
  EXPECT_EQ(file_names(folder / "checkpoint"), (Names{"generation-000004.safetensors"}));
}

TEST(Checkpoints, TheClockOfAResumedRunStartsAnew) {
  const TemporaryFolder folder;
  FakeRun run = FakeRun::resumed(6);  // 4 seconds so far
  EXPECT_EQ(written({{"every", 0}, {"every_seconds", 1.5}}, folder, run, 11),
            (std::set<int>{10, 11}));
}

TEST(Checkpoints, AnUnwritablePlaceIsFoundInTheBeginning) {
  const TemporaryFolder folder;
  write_file(folder / "checkpoint", "a file");
  FakeRun run;
  expect_error(ErrorKind::kIo, "cannot make the folder " + (folder / "checkpoint").string(),
               [&] { FakeRun::make("checkpoint")->begin(run.info(folder)); });
}

}  // namespace
}  // namespace fool
