// A study from end to end, on the bundled network: runs, interruption, an array of jobs, and the
// same tables every way.
#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>

#include "e2e/run_fool.h"

namespace fool::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class StudyOfTwo : public EndToEnd {
 protected:
  StudyOfTwo() { write_study(3); }

  void write_study(int generations) const {
    const Json study{
        {"base",
         {{"dataset", "mnist"},
          {"generations", generations},
          {"search.init_size", 20},
          {"search.batch_size", 20},
          {"report.checkpoint.every", 1}}},
        {"settings", {{"direct", {{"encoding", "direct"}}}, {"cppn", {{"encoding", "cppn"}}}}},
        {"seeds", {{"first", 4}, {"count", 2}}},
        {"checkpoints", {{"every", 1}}},
        {"metrics", {"median", "classes_at_99", "evaluations"}}};
    write_file(folder_ / "study.json", study.dump());
  }

  std::vector<std::string> study(const std::string& out, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"study", path("study.json"), "--out", path(out)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  void expect_same_tables(const std::string& a, const std::string& b) const {
    for (const char* name : {"results.csv", "summary.csv", "tests.csv", "classes.csv"}) {
      EXPECT_EQ(read_file(folder_ / a / name), read_file(folder_ / b / name)) << name;
    }
  }
};

TEST_F(StudyOfTwo, MakesItsTablesAndGoesOn) {
  const Result result = fool(study("a", {"--processes", "2"}));
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("4 of 4 runs finished"), HasSubstr("against")));
  EXPECT_THAT(result.err, HasSubstr("fool: study study: 4 runs, 0 finished, 4 to do"));
  const std::string results = read_file(folder_ / "a" / "results.csv");
  EXPECT_THAT(results, HasSubstr("\nstudy,direct,4,median,0,40,"));
  EXPECT_THAT(results, HasSubstr("\nstudy,cppn,5,evaluations,3,100,100\n"));
  EXPECT_EQ(std::count(results.begin(), results.end(), '\n'), 1 + 4 * 4 * 3);
  const std::string classes = read_file(folder_ / "a" / "classes.csv");
  EXPECT_EQ(std::count(classes.begin(), classes.end(), '\n'), 1 + 4 * 10);
  EXPECT_EQ(fool({"verify", path("a/cppn-seed5")}).code, 0);

  // More generations of the same.
  write_study(5);
  const Result more = fool(study("a"));
  ASSERT_EQ(more.code, 0) << more.err;

  // From scratch, a run of them as one of an array of jobs.
  ASSERT_EQ(fool(study("b", {"--index", "3"})).code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "b" / "cppn-seed5" / "run.json"));
  EXPECT_FALSE(fs::exists(folder_ / "b" / "results.csv"));
  ASSERT_EQ(fool(study("b", {"--processes", "2"})).code, 0);
  expect_same_tables("a", "b");

  // Finished.
  const Result again = fool(study("a"));
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(again.err, "");
}

TEST_F(StudyOfTwo, StopsAtCtrlCAndResumes) {
  write_study(20000);
  Process process(study("a", {"--processes", "2", "--progress", "json"}), folder_);
  const fs::path metrics = folder_ / "a" / "cppn-seed4" / "metrics.jsonl";
  process.wait_until([&] { return fs::exists(metrics) && fs::file_size(metrics) > 0; });
  process.signal(SIGINT);
  const Result result = process.wait();
  EXPECT_EQ(result.code, 130) << result.err;
  EXPECT_THAT(result.err, HasSubstr("the runs are saved, and the same command goes on"));
  EXPECT_FALSE(fs::exists(folder_ / "a" / "direct-seed5"));
  const Json run = Json::parse(read_file(folder_ / "a" / "cppn-seed4" / "run.json"));
  EXPECT_TRUE(run.at("ended").get<bool>());

  // Not more than they have done, so that this ends.
  write_study(0);
  EXPECT_EQ(fool(study("a")).code, 0);
}

TEST_F(StudyOfTwo, TellsOfRunsThatFail) {
  const Json broken{{"base", {{"generations", 1}}},
                    {"seeds", {1}},
                    {"settings",
                     {{"bad", {{"search.init_size", 5}, {"evaluate.device", "cuda:99"}}},
                      {"good", {{"search.init_size", 5}, {"search.batch_size", 5}}}}}};
  write_file(folder_ / "study.json", broken.dump());
  const Result result = fool(study("a"));
  EXPECT_EQ(result.code, 7) << result.err;
  EXPECT_THAT(result.err, HasSubstr("fool: bad-seed1 failed with exit code 7: "));
  EXPECT_THAT(result.out, HasSubstr("1 of 2 runs finished"));
}

}  // namespace
}  // namespace fool::e2e
