#include "app/study_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/study_runs.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

const Json kSaid =
    Json::parse(R"({"base": {"generations": 3}, "seeds": [1, 2], "metrics": ["median"],
                                   "checkpoints": {"every": 2},
                                   "settings": {"a": {}, "b": {"encoding": "direct"}}})");

TEST(StudyFolder, GetsItsTables) {
  const ScratchFolder scratch;
  const Study study = parse_study(kSaid, "s.json");
  const auto runs = plan_study(study, scratch.path(), [](const char*) { return nullptr; });
  write_run(runs[0], 3, true, 0.5);   // a, 1
  write_run(runs[1], 3, true, 0.25);  // b, 1
  write_run(runs[2], 1, true, 0.75);  // a, 2: interrupted
  std::vector<RunFindings> findings;
  for (const PlannedRun& run : runs) findings.push_back(examine(run));
  const StudyTables tables = collect_study(study, runs, findings, scratch.path());
  EXPECT_EQ(tables.comparisons.size(), 1U);
  EXPECT_EQ(read_file(scratch / "results.csv"),
            "study,setting,seed,metric,generation,evaluations,value\n"
            "s,a,1,median,0,200,0.5\n"
            "s,a,1,median,2,400,0.5\n"
            "s,a,1,median,3,500,0.5\n"
            "s,a,2,median,0,200,0.75\n"
            "s,b,1,median,0,200,0.25\n"
            "s,b,1,median,2,400,0.25\n"
            "s,b,1,median,3,500,0.25\n");
  EXPECT_THAT(read_file(scratch / "summary.csv"), HasSubstr("a,median,0,2,0.625,0.5,0.75\n"));
  EXPECT_EQ(read_file(scratch / "tests.csv"),
            "metric,setting_a,setting_b,n_a,n_b,u,p,effect\n"
            "median,a,b,1,1,1,1,1\n");
  EXPECT_EQ(read_file(scratch / "classes.csv"),
            "setting,seed,class,name,confidence\n"
            "a,1,0,\"goldfish, carp\",0.25\n"
            "a,1,1,shark,\n"
            "b,1,0,\"goldfish, carp\",0.25\n"
            "b,1,1,shark,\n");
}

TEST(StudyFolder, IsNoRun) {
  const ScratchFolder scratch;
  write_file(scratch / "run.json", "{}");
  EXPECT_THAT(error_message(
                  ErrorKind::kIo,
                  [&] { claim_study_folder(scratch.path(), parse_study(kSaid, "s.json"), kSaid); }),
              HasSubstr("holds a run, whose files would be mixed with these; give another folder"));
}

TEST(StudyFolder, BelongsToOneStudy) {
  const ScratchFolder scratch;
  const auto folder = scratch / "new";
  claim_study_folder(folder, parse_study(kSaid, "s.json"), kSaid);
  const Json kept = Json::parse(read_file(folder / "study.json"));
  EXPECT_EQ(kept["name"], "s");
  EXPECT_EQ(kept["settings"], kSaid["settings"]);
  Json more = kSaid;
  more["seeds"] = {1, 2, 3};
  claim_study_folder(folder, parse_study(more, "s.json"), more);
  EXPECT_EQ(Json::parse(read_file(folder / "study.json"))["seeds"].size(), 3U);
  EXPECT_THAT(
      error_message(ErrorKind::kUsage,
                    [&] { claim_study_folder(folder, parse_study(kSaid, "t.json"), kSaid); }),
      HasSubstr("belongs to the study \"s\", and this is \"t\"; give another folder"));
  write_file(folder / "study.json", "[]");
  EXPECT_THAT(
      error_message(ErrorKind::kData,
                    [&] { claim_study_folder(folder, parse_study(kSaid, "s.json"), kSaid); }),
      HasSubstr("study.json is damaged"));
}

}  // namespace
}  // namespace fool
