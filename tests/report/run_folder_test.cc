#include "fool/report/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "fool/core/files.h"
#include "report/support.h"

namespace fool {
namespace {

namespace fs = std::filesystem;
using ::testing::MatchesRegex;

RunRecord record() {
  RunRecord record;
  record.command = {"fool", "evolve", "--seed", "7"};
  record.started = "2015-06-07T08:09:10Z";
  record.host = {{"cpu", "x"}, {"cores", 2}};
  record.model = "lenet-mnist";
  record.card = "/models/lenet-mnist.json";
  record.weights_sha256 = "abc";
  record.fingerprint = {{"block", 16}};
  record.config = {{"seed", 7}, {"encoding", {{"type", "cppn"}}}};
  return record;
}

TEST(RunFolder, RecordRoundTrip) {
  const TemporaryFolder root;
  const RunFolder folder = RunFolder::create(root / "a/b");
  EXPECT_EQ(folder.path(), root / "a/b");
  folder.write_record(record());
  const RunRecord read = read_run_record(root / "a/b");
  EXPECT_EQ(read.version, kVersion);
  EXPECT_EQ(read.command, record().command);
  EXPECT_EQ(read.started, record().started);
  EXPECT_EQ(read.host, record().host);
  EXPECT_EQ(read.model, record().model);
  EXPECT_EQ(read.card, record().card);
  EXPECT_EQ(read.weights_sha256, record().weights_sha256);
  EXPECT_EQ(read.fingerprint, record().fingerprint);
  EXPECT_EQ(read.config, record().config);
  EXPECT_FALSE(read.ended);
  RunRecord ended = record();
  ended.ended = true;
  folder.write_record(ended);
  EXPECT_TRUE(read_run_record(root / "a/b").ended);
}

TEST(RunFolder, AUsedFolderIsRefusedUnlessResumed) {
  const TemporaryFolder root;
  RunFolder::create(root.path()).write_record(record());
  expect_error(ErrorKind::kIo,
               root.path().string() + " holds a run already; continue it with --resume",
               [&] { RunFolder::create(root.path()); });
  EXPECT_EQ(RunFolder::resume(root.path()).path(), root.path());
}

TEST(RunFolder, RunsAndStudiesDoNotMix) {
  const TemporaryFolder root;
  require_no_run(root.path());
  write_file(root / "study.json", "{}");
  expect_error(ErrorKind::kIo, " holds the tables of a study; give another folder",
               [&] { RunFolder::create(root.path()); });
  RunFolder::create(root / "run").write_record(record());
  expect_error(ErrorKind::kIo, "run holds a run, whose files would be mixed",
               [&] { require_no_run(root / "run"); });
}

TEST(RunFolder, WhatIsNoRunCannotBeResumedOrRead) {
  const TemporaryFolder root;
  const std::string message =
      root.path().string() + " is not a run folder: there is no run.json in it";
  expect_error(ErrorKind::kIo, message, [&] { RunFolder::resume(root.path()); });
  expect_error(ErrorKind::kIo, message, [&] { read_run_record(root.path()); });
  expect_error(ErrorKind::kIo, "/nowhere is not a run folder", [] { read_run_record("/nowhere"); });
  EXPECT_FALSE(fs::exists(root / ".lock"));
}

TEST(RunFolder, AnUnwritablePlaceIsRefused) {
  const TemporaryFolder root;
  write_file(root / "file", "x");
  expect_error(ErrorKind::kIo, "file/run: Not a directory; give another folder",
               [&] { RunFolder::create(root / "file/run"); });
  expect_error(ErrorKind::kIo, "cannot write the run folder " + (root / "file").string(),
               [&] { RunFolder::create(root / "file"); });
  fs::create_directories(root / "run/.lock");
  expect_error(ErrorKind::kIo, "run: Is a directory; give another folder",
               [&] { RunFolder::create(root / "run"); });
}

TEST(RunFolder, OneProcessAtATime) {
  const TemporaryFolder root;
  {
    const RunFolder first = RunFolder::create(root.path());
    expect_error(ErrorKind::kIo,
                 fmt::format("{} is being written by process {}; wait until it ends",
                             root.path().string(), ::getpid()),
                 [&] { RunFolder::create(root.path()); });
  }
  EXPECT_NO_THROW(RunFolder::create(root.path()));
}

TEST(RunFolder, MovingKeepsTheLock) {
  const TemporaryFolder root;
  RunFolder first = RunFolder::create(root.path());
  const RunFolder second = std::move(first);
  EXPECT_THROW(RunFolder::create(root.path()), Error);
}

TEST(RunFolder, ResumingRemovesHalfWrittenFilesOnly) {
  const TemporaryFolder root;
  RunFolder::create(root.path()).write_record(record());
  fs::create_directory(root / "images");
  for (const char* name : {"images/0001_a.png.123.partial", "metrics.jsonl.7.partial"}) {
    write_file(root / name, "x");
  }
  for (const char* name : {"images/0001_a.png", "notes.partial"}) write_file(root / name, "x");
  const RunFolder folder = RunFolder::resume(root.path());
  EXPECT_FALSE(fs::exists(root / "images/0001_a.png.123.partial"));
  EXPECT_FALSE(fs::exists(root / "metrics.jsonl.7.partial"));
  EXPECT_TRUE(fs::exists(root / "images/0001_a.png"));
  EXPECT_TRUE(fs::exists(root / "notes.partial"));
}

TEST(RunFolder, DamagedRecord) {
  const TemporaryFolder root;
  write_file(root / "run.json", "{\"fool\": ");
  expect_error(ErrorKind::kData, "run.json is damaged: ", [&] { read_run_record(root.path()); });
  write_file(root / "run.json", "{\"fool\": \"1\"}");
  expect_error(ErrorKind::kData, "key 'command' not found", [&] { read_run_record(root.path()); });
}

TEST(RunFolder, AFullDiskLeavesNoRecord) {
  const TemporaryFolder root;
  const RunFolder folder = RunFolder::create(root.path());
  const FullDisk disk(100);
  expect_error(ErrorKind::kIo, "cannot write " + (root / "run.json").string(),
               [&] { folder.write_record(record()); });
  EXPECT_EQ(file_names(root.path()), (std::vector<std::string>{".lock"}));
}

TEST(RunFolder, ACommandLineNeedNotBeUtf8) {
  const TemporaryFolder root;
  RunRecord odd = record();
  odd.command = {"fool", "\xFF"};
  const RunFolder folder = RunFolder::create(root.path());
  folder.write_record(odd);
  EXPECT_EQ(read_run_record(root.path()).command[0], "fool");
}

TEST(DefaultRunFolder, NamesWhatIsRun) {
  const TemporaryFolder root;
  const std::vector<std::string> parts{"mnist", "cppn", "map_elites", "my net/2"};
  EXPECT_EQ(default_run_folder(root.path(), parts, 3),
            root / "mnist-cppn-map_elites-my_net_2-seed3");
  fs::create_directory(root / "mnist-cppn-map_elites-my_net_2-seed3");
  fs::create_directory(root / "mnist-cppn-map_elites-my_net_2-seed3-2");
  EXPECT_EQ(default_run_folder(root.path(), parts, 3),
            root / "mnist-cppn-map_elites-my_net_2-seed3-3");
}

TEST(FileSafe, KeepsWhatIsHarmless) {
  EXPECT_EQ(file_safe("great white shark"), "great_white_shark");
  EXPECT_EQ(file_safe("jack-o'-lantern"), "jack-o-lantern");
  EXPECT_EQ(file_safe("../a b/  c"), ".._a_b_c");
  EXPECT_EQ(file_safe("H\xC3\xBCndchen"), "H_ndchen");
  EXPECT_EQ(file_safe("\xE7\x8A\xAC"), "");
  EXPECT_EQ(file_safe(std::string(500, 'a')).size(), 80U);
}

TEST(HostFacts, NamesTheProcessor) {
  const Json facts = host_facts();
  EXPECT_FALSE(facts.at("cpu").get<std::string>().empty());
  EXPECT_GE(facts.at("cores").get<int>(), 1);
  EXPECT_FALSE(facts.at("system").get<std::string>().empty());
}

TEST(UtcNow, IsIso8601) {
  EXPECT_THAT(utc_now(), MatchesRegex("20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"));
}

}  // namespace
}  // namespace fool
