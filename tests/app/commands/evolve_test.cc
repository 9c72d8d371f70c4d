// What needs no process of its own; kill, resume and the real networks are in tests/e2e.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

TEST(EvolveCommand, DryRunPrintsConfigurationAndCostAndWritesNothing) {
  const ScratchFolder scratch;
  const std::string card = write_fake_card(scratch.path(), fake_card());
  const InProcess result =
      run_program({"evolve", "--dry-run", "--model", card, "--out", (scratch / "run").string()});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["evaluations"], 40400);
  EXPECT_GT(json["evaluations_per_second"], 0.0);
  EXPECT_FALSE(std::filesystem::exists(scratch / "run"));
}

Json dry_run(const std::vector<std::string>& flags) {
  const ScratchFolder scratch;
  std::vector<std::string> arguments{"evolve", "--dry-run", "--model",
                                     write_fake_card(scratch.path(), fake_card())};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  const InProcess result = run_program(arguments);
  EXPECT_EQ(result.code, 0) << result.err;
  return Json::parse(result.out);
}

TEST(EvolveCommand, ABudgetAloneMeansAsManyGenerationsAsItAllows) {
  EXPECT_EQ(dry_run({"--budget-evaluations", "123456"}).at("evaluations"), 123456);
  EXPECT_EQ(dry_run({"--budget-evaluations", "123456", "--generations", "200"}).at("evaluations"),
            40400);
  EXPECT_EQ(dry_run({"--budget-evaluations", "1000", "--generations", "200"}).at("evaluations"),
            1000);
  EXPECT_LE(dry_run({"--budget-seconds", "2"}).at("seconds"), 2.0);
  EXPECT_FALSE(dry_run({"--stop-at-median", "0.5"}).contains("evaluations"));
}

TEST(EvolveCommand, ASearchWithoutInitSizeSaysSo) {
  const ScratchFolder scratch;
  const std::string card = write_fake_card(scratch.path(), fake_card());
  const InProcess result =
      run_program({"evolve", "--model", card, "--search", "random", "--init-size", "3"});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("search.init_size"));
}

// What a setting is by default it was before there was the setting.
TEST(EvolveCommand, ARunThatDoesNotSayIsResumedAsByDefault) {
  const ScratchFolder scratch;
  const std::string run = (scratch / "run").string();
  const InProcess started = run_program(
      {"evolve", "--model", write_fake_card(scratch.path(), fake_card()), "--out", run,
       "--generations", "1", "--batch-size", "4", "--init-size", "4", "--progress", "off"});
  ASSERT_EQ(started.code, 0) << started.err;
  Json record = Json::parse(read_file(scratch / "run" / "run.json"));
  ASSERT_EQ(record.at("config").erase("ensemble"), 1U);
  ASSERT_EQ(record.at("config").at("image").erase("transforms"), 1U);
  write_file(scratch / "run" / "run.json", record.dump());
  const InProcess resumed =
      run_program({"evolve", "--resume", run, "--generations", "2", "--progress", "off"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  const InProcess changed = run_program({"evolve", "--resume", run, "--ensemble", "min"});
  EXPECT_EQ(changed.code, 2);
  EXPECT_THAT(changed.err, HasSubstr("ensemble was \"mean\" in this run"));
}

TEST(EvolveCommand, ResumeAndOutExcludeEachOther) {
  const InProcess result = run_program({"evolve", "--resume", "a", "--out", "b"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("--out"));
}

}  // namespace
}  // namespace fool
