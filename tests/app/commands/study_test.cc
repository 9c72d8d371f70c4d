#include <gmock/gmock.h>

#include "app/in_process.h"
#include "app/study_runs.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// The parts that start no processes; the rest is in tests/e2e/study_test.cc.
class StudyCommand : public ::testing::Test {
 protected:
  StudyCommand() {
    write_file(scratch_ / "pair.json",
               R"({"base": {"generations": 3}, "seeds": [1, 2], "metrics": ["median"],
                   "settings": {"a": {}, "b": {"encoding": "direct"}}})");
  }

  InProcess study(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"study", (scratch_ / "pair.json").string(), "--out",
                                       (scratch_ / "out").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

  std::vector<PlannedRun> runs() const {
    return plan_study(read_study(scratch_ / "pair.json"), scratch_ / "out",
                      [](const char*) { return nullptr; });
  }

  ScratchFolder scratch_;
};

TEST_F(StudyCommand, CountsItsRuns) {
  const InProcess result = study({"--count"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "4\n");
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "out"));
}

TEST_F(StudyCommand, ListsItsRuns) {
  write_run(runs()[1], 3);
  write_run(runs()[2], 1);
  const InProcess result = study({"--dry-run"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("a-seed1"), HasSubstr("to do"), HasSubstr("finished"),
                                HasSubstr("unfinished"), HasSubstr("generation 1\n")));
  const InProcess one = study({"--dry-run", "--index", "2", "--json"});
  const Json runs = Json::parse(one.out).at("runs");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0]["setting"], "a");
  EXPECT_EQ(runs[0]["seed"], 2);
  EXPECT_EQ(runs[0]["state"], "unfinished");
}

TEST_F(StudyCommand, CollectsWhatIsThere) {
  const InProcess nothing = study({"--collect"});
  EXPECT_EQ(nothing.code, 6);
  EXPECT_THAT(nothing.err, HasSubstr("holds no run of the study \"pair\""));
  write_run(runs()[0], 3, true, 0.5);
  write_run(runs()[1], 3, true, 0.75);
  const InProcess some = study({"--collect"});
  EXPECT_EQ(some.code, 0) << some.err;
  EXPECT_THAT(some.out,
              AllOf(HasSubstr("2 of 4 runs finished"), HasSubstr("0.75"), HasSubstr("against")));
  EXPECT_THAT(read_file(scratch_ / "out" / "results.csv"), HasSubstr("pair,b,1,median,3,500,0.75"));
  const Json json = Json::parse(study({"--collect", "--json"}).out);
  EXPECT_EQ(json["summary"].size(), 2U);
  EXPECT_EQ(json["tests"][0]["effect"], -1);
}

// All runs are there: nothing is started.
TEST_F(StudyCommand, SkipsWhatIsFinished) {
  for (const PlannedRun& run : runs()) write_run(run, 3);
  const InProcess result = study({});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("4 of 4 runs finished"));
  const InProcess one = study({"--index", "3"});
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_THAT(one.out, AllOf(HasSubstr("b-seed2"), Not(HasSubstr("a-seed1"))));
}

TEST_F(StudyCommand, SaysWhatIsWrong) {
  const InProcess index = study({"--index", "4"});
  EXPECT_EQ(index.code, 2);
  EXPECT_THAT(index.err, HasSubstr("--index: expected 0 to 3, as the study has 4 runs; found 4"));
  EXPECT_EQ(study({"--processes", "0"}).code, 2);
  const InProcess both = study({"--collect", "--index", "1"});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("expected one of --count, --collect, --dry-run and --index"));
  write_file(scratch_ / "pair.json", "{\"settings\": {\"a\": {\"encoding\": \"cpp\"}}}");
  const InProcess setting = study({"--count"});
  EXPECT_EQ(setting.code, 3);
  EXPECT_THAT(setting.err, HasSubstr("setting \"a\": "));
  EXPECT_EQ(run_program({"study", (scratch_ / "none.json").string()}).code, 6);
  EXPECT_EQ(run_program({"study"}).code, 2);
}

// Before a folder is made or a process started.
TEST_F(StudyCommand, FindsMissingModelsOnce) {
  write_file(scratch_ / "pair.json",
             R"({"base": {"model": "no-such-network"}, "settings": {"a": {}, "b": {}}})");
  const InProcess result = study({});
  EXPECT_EQ(result.code, 4);
  EXPECT_THAT(result.err, HasSubstr("no-such-network"));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "out"));
}

TEST_F(StudyCommand, IsDescribed) {
  const InProcess result = run_program({"describe", "study"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, AllOf(HasSubstr("resamples"), HasSubstr("study.seeds"),
                                HasSubstr("study.checkpoints")));
}

// The studies that come with the program are good ones.
TEST_F(StudyCommand, PlansTheBundledStudies) {
  int count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(FOOL_SOURCE_DIR) + "/configs/studies")) {
    const InProcess result = run_program({"study", entry.path().string(), "--count"});
    EXPECT_EQ(result.code, 0) << entry.path() << ": " << result.err;
    EXPECT_GE(std::stoi(result.out), 10);
    ++count;
  }
  EXPECT_GE(count, 2);
}

}  // namespace
}  // namespace fool
