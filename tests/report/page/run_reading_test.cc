#include "report/page/run_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "report/page/small_run.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(RunReading, ReadsWhatTheReportersWrote) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  const RunReading run = read_runs(folder / "run").front();
  EXPECT_EQ(run.name(), "run");
  EXPECT_EQ(state_of(run), "complete");
  EXPECT_EQ(run.metrics.size(), 8U);
  EXPECT_EQ(run.last_generation(), 6);
  EXPECT_THAT(run.notes, IsEmpty());
  ASSERT_EQ(run.classes.size(), 5U);
  EXPECT_EQ(run.classes[3].label, "three, \"3\"");
  for (std::size_t k = 0; k < run.classes.size(); ++k) {
    ASSERT_TRUE(run.classes[k].champion) << k;
    const LoggedChampion& champion = *run.classes[k].champion;
    const LoggedItem* item = run.find(champion.item);
    ASSERT_NE(item, nullptr);
    EXPECT_EQ(item->parents, champion.parents);
    EXPECT_EQ(champion.genome_sha256.size(), 64U);
  }
  EXPECT_EQ(run.find(100000), nullptr);
}

// What classes.csv says of a run that has ended, lineage.jsonl says of every run.
TEST(RunReading, AKilledRunIsReadFromItsLog) {
  const TemporaryFolder folder;
  SmallRun killed;
  killed.ended = false;
  killed.write(folder / "killed");
  SmallRun().write(folder / "whole");
  const RunReading log = read_runs(folder / "killed").front();
  const RunReading table = read_runs(folder / "whole").front();
  EXPECT_EQ(state_of(log), "not ended: it goes on or was killed; generation 6 logged");
  ASSERT_EQ(log.classes.size(), table.classes.size());
  for (std::size_t k = 0; k < log.classes.size(); ++k) {
    ASSERT_TRUE(log.classes[k].champion);
    const LoggedChampion& a = *log.classes[k].champion;
    const LoggedChampion& b = *table.classes[k].champion;
    EXPECT_EQ(log.classes[k].label, table.classes[k].label);
    EXPECT_EQ(a.item, b.item);
    EXPECT_EQ(a.generation, b.generation);
    EXPECT_EQ(a.confidence, b.confidence);
    EXPECT_EQ(a.parents, b.parents);
    EXPECT_EQ(a.replacements, b.replacements);
    EXPECT_EQ(a.evaluations_to, b.evaluations_to);
  }
}

TEST(RunReading, SaysWhyARunMayHaveEndedEarly) {
  const TemporaryFolder folder;
  SmallRun early;
  early.planned = 20;
  early.write(folder / "run");
  EXPECT_EQ(state_of(read_runs(folder / "run").front()), "interrupted after generation 6 of 20");
}

TEST(RunReading, AHalfWrittenLineIsLeftOutAndADamagedOneIsTold) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  const std::size_t items = read_runs(folder / "run").front().items.size();
  std::ofstream(folder / "run" / "lineage.jsonl", std::ios::app) << R"({"id":99999,"gene)";
  RunReading run = read_runs(folder / "run").front();
  EXPECT_EQ(run.items.size(), items);
  EXPECT_THAT(run.notes, IsEmpty());
  std::ofstream(folder / "run" / "lineage.jsonl", std::ios::app) << "\n";
  run = read_runs(folder / "run").front();
  EXPECT_EQ(run.items.size(), items);
  EXPECT_THAT(run.notes, ElementsAre(HasSubstr("of lineage.jsonl is damaged (parse error")));
}

TEST(RunReading, ALogThatContradictsItselfEndsThere) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  const std::string whole = read_file(folder / "run" / "lineage.jsonl");
  for (const auto& [line, what] :
       {std::pair(R"({"id":0,"generation":1,"parents":[],"cells":[0],"confidence":[0.5]})",
                  "item 0 after item"),
        std::pair(R"({"id":99999,"generation":1,"parents":[],"cells":[-1],"confidence":[0.5]})",
                  "a class that does not exist"),
        std::pair(R"({"id":99999,"generation":1,"parents":[],"cells":[1],"confidence":[]})",
                  "1 cells with 0 confidences"),
        std::pair(R"({"id":99999,"generation":1})", "'parents' not found")}) {
    write_file(folder / "run" / "lineage.jsonl", whole + line + "\n");
    const RunReading run = read_runs(folder / "run").front();
    EXPECT_THAT(run.notes, ElementsAre(HasSubstr(what)));
  }
}

TEST(RunReading, WhatIsMissingIsTold) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  for (const char* name : {"metrics.jsonl", "lineage.jsonl", "classes.csv"}) {
    std::filesystem::remove(folder / "run" / name);
  }
  const RunReading run = read_runs(folder / "run").front();
  EXPECT_THAT(run.classes, IsEmpty());
  EXPECT_EQ(state_of(run), "nothing logged yet");
  EXPECT_THAT(run.notes, ElementsAre("There is no metrics.jsonl.", "There is no lineage.jsonl.",
                                     HasSubstr("no classes.csv"), "Nothing has been logged yet."));
}

TEST(RunReading, OtherFoldersAreRefused) {
  const TemporaryFolder folder;
  expect_error(ErrorKind::kIo, "is not a run folder", [&] { read_runs(folder.path()); });
}

}  // namespace
}  // namespace fool
