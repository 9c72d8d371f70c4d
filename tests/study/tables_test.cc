#include "fool/study/tables.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A run whose median is `best` at its last generation and less before.
StudyResult run_of(const std::string& setting, std::uint64_t seed, int last, double best,
                   bool finished = true) {
  StudyResult run{setting, seed, finished, {}};
  for (int generation = -1; generation <= last; ++generation) {
    MetricsLine line;
    line.generation = generation;
    for (std::size_t i = 0; i < kStudyMetrics.size(); ++i) {
      const std::string name = kStudyMetrics[i].name;
      if (name == "median") line.values[i] = best - 0.001 * (last - generation);
      if (name == "evaluations") line.values[i] = 100 * (generation + 2);
      if (name == "equivalents") line.values[i] = 300 * (generation + 2);
    }
    run.lines.push_back(line);
  }
  return run;
}

Study study_of(std::vector<std::string> settings, const StudyCheckpoints& checkpoints) {
  Study study;
  study.name = "test";
  for (const std::string& name : settings) study.settings.push_back({name, {}, {}});
  study.seeds = {1, 2};
  study.metrics = {"median"};
  study.checkpoints = checkpoints;
  return study;
}

// "seed@generation/evaluations=value" with a star for the end of a run.
std::vector<std::string> in_short(const std::vector<StudyValue>& values) {
  std::vector<std::string> texts;
  for (const StudyValue& v : values) {
    texts.push_back(fmt::format("{}{}@{}/{}={:.3f}{}", v.setting, v.seed, v.generation,
                                v.evaluations, v.value, v.last ? "*" : ""));
  }
  return texts;
}

TEST(StudyTables, LookAtCheckpointsAndTheEnd) {
  const Study study = study_of({"a"}, {2, {}, {}});
  EXPECT_THAT(in_short(study_values(study, std::vector<StudyResult>{run_of("a", 1, 5, 0.9)})),
              ElementsAre("a1@0/200=0.895", "a1@2/400=0.897", "a1@4/600=0.899", "a1@5/700=0.900*"));
}

TEST(StudyTables, DoNotHaveTheEndTwice) {
  const Study study = study_of({"a"}, {0, {0, 4}, {}});
  EXPECT_THAT(in_short(study_values(study, std::vector<StudyResult>{run_of("a", 1, 4, 0.9)})),
              ElementsAre("a1@0/200=0.896", "a1@4/600=0.900*"));
}

TEST(StudyTables, CountEvaluationsWithGradients) {
  // 300 equivalents a generation: 1000 are spent within generation 2.
  const Study study = study_of({"a"}, {0, {}, {1000, 1200, 5000}});
  EXPECT_THAT(in_short(study_values(study, std::vector<StudyResult>{run_of("a", 1, 4, 0.9)})),
              ElementsAre("a1@1/300=0.897", "a1@2/400=0.898", "a1@4/600=0.900*"));
}

TEST(StudyTables, LeaveOutWhatUnfinishedRunsHaveNotComeTo) {
  const Study study = study_of({"a"}, {2, {}, {}});
  const std::vector<StudyResult> runs{run_of("a", 1, 4, 0.9), run_of("a", 2, 3, 0.8, false)};
  const auto values = study_values(study, runs);
  EXPECT_THAT(in_short(values),
              ElementsAre("a1@0/200=0.896", "a1@2/400=0.898", "a1@4/600=0.900*",  //
                          "a2@0/200=0.797", "a2@2/400=0.799"));
  const auto summaries = summarise(study, values);
  ASSERT_EQ(summaries.size(), 3U);
  EXPECT_EQ(summaries[1].n, 2);
  EXPECT_EQ(summaries[2].n, 1);
  EXPECT_TRUE(summaries[2].last);
}

// It may have reached its goal.
TEST(StudyTables, HoldWhatARunEndedWith) {
  const Study study = study_of({"a"}, {0, {2, 4}, {}});
  const std::vector<StudyResult> runs{run_of("a", 1, 2, 0.95), run_of("a", 2, 4, 0.9)};
  EXPECT_THAT(
      in_short(study_values(study, runs)),
      ElementsAre("a1@2/400=0.950", "a1@4/400=0.950*", "a2@2/400=0.898", "a2@4/600=0.900*"));
}

// Each setting has its own length; a longer one says nothing of a shorter one.
TEST(StudyTables, EndWithTheSetting) {
  const Study study = study_of({"a", "b"}, {2, {}, {}});
  const std::vector<StudyResult> runs{run_of("b", 1, 4, 0.9), run_of("a", 1, 2, 0.8)};
  EXPECT_THAT(in_short(study_values(study, runs)),
              ElementsAre("a1@0/200=0.798", "a1@2/400=0.800*",  //
                          "b1@0/200=0.896", "b1@2/400=0.898", "b1@4/600=0.900*"));
}

TEST(StudyTables, SummariseAndCompare) {
  const Study study = study_of({"a", "b"}, {0, {}, {}});
  std::vector<StudyResult> runs;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    runs.push_back(run_of("a", seed, 3, 0.5 + 0.01 * static_cast<double>(seed)));
    runs.push_back(run_of("b", seed, 3, 0.9 + 0.01 * static_cast<double>(seed)));
  }
  const auto values = study_values(study, runs);
  const auto summaries = summarise(study, values);
  ASSERT_EQ(summaries.size(), 2U);
  EXPECT_EQ(summaries[0].setting, "a");
  EXPECT_EQ(summaries[0].generation, 3);
  EXPECT_EQ(summaries[0].n, 5);
  EXPECT_DOUBLE_EQ(summaries[0].median, 0.53);
  EXPECT_GE(summaries[0].interval.low, 0.51);
  EXPECT_LE(summaries[0].interval.high, 0.55);
  const auto comparisons = compare_settings(study, values);
  ASSERT_EQ(comparisons.size(), 1U);
  EXPECT_EQ(comparisons[0].test.u, 0);
  EXPECT_NEAR(comparisons[0].test.p, 2.0 / 252, 1e-12);
  EXPECT_EQ(comparisons[0].test.effect, -1);

  const std::string text = study_text(study, summaries, comparisons);
  EXPECT_THAT(text, HasSubstr("95 % interval"));
  EXPECT_THAT(text, HasSubstr("0.53"));
  EXPECT_THAT(text, HasSubstr("0.00794"));
}

TEST(StudyTables, AreCsv) {
  const Study study = study_of({"a", "b"}, {0, {}, {}});
  const std::vector<StudyResult> runs{run_of("a", 1, 3, 0.5), run_of("b", 1, 3, 0.75)};
  const auto values = study_values(study, runs);
  EXPECT_EQ(results_csv(study, values),
            "study,setting,seed,metric,generation,evaluations,value\n"
            "test,a,1,median,3,500,0.5\n"
            "test,b,1,median,3,500,0.75\n");
  EXPECT_EQ(summary_csv(summarise(study, values)),
            "setting,metric,generation,n,median,low,high\n"
            "a,median,3,1,0.5,0.5,0.5\n"
            "b,median,3,1,0.75,0.75,0.75\n");
  EXPECT_EQ(tests_csv(compare_settings(study, values)),
            "metric,setting_a,setting_b,n_a,n_b,u,p,effect\n"
            "median,a,b,1,1,0,1,-1\n");
}

// What is almost 1 is not printed as 1.
TEST(StudyTables, DoNotRoundConfidences) {
  const Study study = study_of({"a"}, {0, {}, {}});
  const std::vector<StudyResult> runs{run_of("a", 1, 3, 0.99999994)};
  const std::string text = study_text(study, summarise(study, study_values(study, runs)), {});
  EXPECT_THAT(text, HasSubstr("0.99999994"));
}

TEST(StudyTables, OfNothingAreEmpty) {
  const Study study = study_of({"a", "b"}, {1, {}, {}});
  const std::vector<StudyResult> runs{{"a", 1, false, {}}};
  const auto values = study_values(study, runs);
  EXPECT_THAT(values, IsEmpty());
  EXPECT_THAT(summarise(study, values), IsEmpty());
  EXPECT_THAT(compare_settings(study, values), IsEmpty());
  EXPECT_THAT(study_text(study, {}, {}), Not(HasSubstr("against")));
}

}  // namespace
}  // namespace fool
