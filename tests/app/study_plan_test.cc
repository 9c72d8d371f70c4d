#include "app/study_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "app/study_runs.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/report/reporter.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StudyPlan : public ::testing::Test {
 protected:
  std::vector<PlannedRun> plan(const Json& base, const Json& settings,
                               const std::map<std::string, std::string>& environment = {}) const {
    const Json json{{"base", base}, {"settings", settings}, {"seeds", {3, 4}}};
    return plan_study(parse_study(json, folder_ / "study.json"), folder_.path(),
                      [&](const char* name) -> const char* {
                        const auto it = environment.find(name);
                        return it == environment.end() ? nullptr : it->second.c_str();
                      });
  }
  PlannedRun one(const Json& base) const { return plan(base, {{"a", Json::object()}}).front(); }

  ScratchFolder folder_;
};

TEST_F(StudyPlan, HasEverySettingWithEverySeed) {
  const auto runs = plan({{"generations", 7}}, {{"direct", {{"encoding", "direct"}}},
                                                {"cppn", {{"encoding.preset", "paper"}}}});
  std::vector<std::string> names;
  for (const PlannedRun& run : runs) names.push_back(run.name);
  EXPECT_THAT(names, ElementsAre("direct-seed3", "cppn-seed3", "direct-seed4", "cppn-seed4"));
  EXPECT_EQ(runs[2].folder, folder_ / "direct-seed4");
  EXPECT_EQ(runs[2].config["seed"], 4);
  EXPECT_EQ(runs[2].config["encoding"]["type"], "direct");
  EXPECT_EQ(runs[2].config["generations"], 7);
  EXPECT_THAT(runs[2].start_arguments,
              ElementsAre("evolve", "--set", "generations=7", "--set", "encoding.type=\"direct\"",
                          "--seed", "4", "--out", (folder_ / "direct-seed4").string(), "--progress",
                          "json", "--set", "report.console.summary=off"));
  EXPECT_THAT(
      runs[2].resume_arguments,
      ElementsAre("evolve", "--resume", (folder_ / "direct-seed4").string(), "--set",
                  "generations=7", "--progress", "json", "--set", "report.console.summary=off"));
}

TEST_F(StudyPlan, PutsFilesBelow) {
  write_file(folder_ / "a.json", R"({"generations": 9, "search": {"batch_size": 11}})");
  const auto runs = plan({{"generations", 5}}, {{"a", {{"config", "a.json"}}}});
  EXPECT_EQ(runs[0].config["generations"], 5);
  EXPECT_EQ(runs[0].config["search"]["batch_size"], 11);
  EXPECT_THAT(runs[0].start_arguments, Contains((folder_ / "a.json").string()));
}

TEST_F(StudyPlan, IsNotMovedByTheEnvironment) {
  const auto runs = plan({{"generations", 5}}, {{"a", {{"encoding", "direct"}}}},
                         {{"FOOL_ENCODING_TYPE", "cppn"},
                          {"FOOL_GENERATIONS", "6"},
                          {"FOOL_SEED", "8"},
                          {"FOOL_EVALUATE_WORKERS", "3"}});
  EXPECT_EQ(runs[0].config["encoding"]["type"], "direct");
  EXPECT_EQ(runs[0].config["generations"], 5);
  EXPECT_EQ(runs[0].config["seed"], 3);
  EXPECT_EQ(runs[0].config["evaluate"]["workers"], 3);  // of which the study says nothing
}

TEST_F(StudyPlan, LetsABudgetDecide) {
  EXPECT_EQ(one({{"budget_evaluations", 5000}}).config["generations"], kMostGenerations);
  EXPECT_EQ(one({{"budget_seconds", 5}, {"generations", 3}}).config["generations"], 3);
  EXPECT_EQ(one({{"budget_seconds", 0}}).config["generations"], 200);
}

TEST_F(StudyPlan, SaysWhichSettingIsWrong) {
  const auto error = [&](const Json& settings) {
    return error_message(ErrorKind::kConfig, [&] { plan(Json::object(), settings); });
  };
  EXPECT_THAT(error({{"good", {{"encoding", "cppn"}}}, {"bad", {{"encoding", "cpn"}}}}),
              AllOf(HasSubstr("setting \"bad\": "), HasSubstr("did you mean \"cppn\"?")));
  EXPECT_THAT(error({{"bad", {{"generatoins", 3}}}}),
              AllOf(HasSubstr("setting \"bad\": "), HasSubstr("did you mean \"generations\"?")));
  EXPECT_THAT(error({{"bad", {{"ascend.iterations", 3}}}}),
              HasSubstr("setting \"bad\": a study is of runs of fool evolve, which has no use for "
                        "the settings \"ascend\""));
  EXPECT_THAT(error({{"bad", {{"retrain.rounds", 3}}}}), HasSubstr("the settings \"retrain\""));
}

TEST_F(StudyPlan, KnowsHowFarARunIs) {
  const PlannedRun run = one({{"generations", 5}});
  EXPECT_EQ(examine(run).progress, RunProgress::kMissing);
  write_run(run, 4);
  const RunFindings findings = examine(run);
  EXPECT_EQ(findings.progress, RunProgress::kUnfinished);
  EXPECT_EQ(findings.lines.size(), 6U);
  // More of the same is no other run.
  EXPECT_EQ(examine(one({{"generations", 4}})).progress, RunProgress::kFinished);
}

// The pictures and tables of a run that was killed may not be those of its last generation.
TEST_F(StudyPlan, DoesNotTakeAKilledRunForFinished) {
  const PlannedRun run = one({{"generations", 5}});
  write_run(run, 5, false);
  EXPECT_EQ(examine(run).progress, RunProgress::kUnfinished);
}

TEST_F(StudyPlan, KnowsBudgets) {
  const PlannedRun run = one({{"budget_evaluations", 1000}});  // 200 equivalents a generation
  write_run(run, 3, true, 0.75);
  EXPECT_EQ(examine(run).progress, RunProgress::kFinished);
  EXPECT_EQ(examine(one({{"budget_evaluations", 1001}})).progress, RunProgress::kUnfinished);
  EXPECT_EQ(examine(one({{"stop_at_median", 0.75}})).progress, RunProgress::kFinished);
  EXPECT_EQ(examine(one({{"stop_at_median", 0.8}})).progress, RunProgress::kUnfinished);
  EXPECT_EQ(examine(one({{"budget_seconds", 4}})).progress, RunProgress::kFinished);
  EXPECT_EQ(examine(one({{"budget_seconds", 5}})).progress, RunProgress::kUnfinished);
}

TEST_F(StudyPlan, RefusesRunsOfOtherSettings) {
  write_run(one({{"generations", 5}}), 5);
  const PlannedRun other = one({{"search.batch_size", 17}});
  EXPECT_THAT(error_message(ErrorKind::kConfig, [&] { examine(other); }),
              AllOf(HasSubstr("a-seed3 holds a run in which search.batch_size was 200, but the "
                              "study has 17"),
                    HasSubstr("give the study another --out")));
}

TEST_F(StudyPlan, RefusesRunsItDoesNotUnderstand) {
  PlannedRun run = one({{"generations", 5}});
  run.config["encoding"]["no_such_setting"] = 3;
  write_run(run, 5);
  EXPECT_THAT(error_message(ErrorKind::kConfig, [&] { examine(run); }),
              AllOf(HasSubstr("a-seed3 holds a run that this fool cannot continue: "),
                    HasSubstr("no_such_setting")));
}

}  // namespace
}  // namespace fool
