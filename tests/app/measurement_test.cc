#include "app/measurement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/fake_card.h"
#include "app/run_config.h"
#include "fakes/environment.h"
#include "fakes/expect_error.h"
#include "fakes/hermetic.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

class MeasurementTest : public testing::Test {
 protected:
  Experiment experiment(int workers = 2) const {
    const Json flags{{"model", write_fake_card(scratch_.path(), fake_card())},
                     {"search", {{"init_size", 6}, {"batch_size", 5}}},
                     {"evaluate", {{"block", 2}, {"workers", workers}}}};
    return assemble(resolve_run_config({{}, flags, [](const char*) { return nullptr; }}));
  }

  ScratchFolder scratch_;
};

TEST(Median, IsTheMiddle) {
  EXPECT_EQ(median({3}), 3);
  EXPECT_EQ(median({9, 1, 5}), 5);
  EXPECT_EQ(median({9, 1, 5, 2}), 3.5);
}

TEST_F(MeasurementTest, ScratchIsGoneAfterwards) {
  const ScopedVariable place("TMPDIR", scratch_.path().string());
  std::filesystem::path folder;
  {
    const Scratch scratch;
    folder = scratch.folder();
    EXPECT_EQ(folder.parent_path(), scratch_.path());
    write_file(folder / "file", "x");
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(MeasurementTest, ScratchSaysWhereToMakeAPlaceForIt) {
  const ScopedVariable place("TMPDIR", (scratch_ / "nowhere").string());
  EXPECT_THAT(error_message(ErrorKind::kIo, [] { Scratch(); }), testing::HasSubstr("TMPDIR"));
}

TEST_F(MeasurementTest, ARunReportsInAScratchFolder) {
  const ScopedVariable place("TMPDIR", scratch_.path().string());
  Experiment x = experiment();
  {
    MeasuredRun run(x, {});
    run.advance();
    run.advance();
    EXPECT_EQ(run.state().generation, 1);
    EXPECT_EQ(run.state().evaluations, 6U + 2 * 5U);
    EXPECT_GT(run.times()[Stage::kReport], 0);
    EXPECT_GT(run.times()[Stage::kForward], 0);
    int logs = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_.path()))
      logs += entry.path().filename() == "metrics.jsonl" ? 1 : 0;
    EXPECT_EQ(logs, 1);
  }
  for (const auto& entry : std::filesystem::directory_iterator(scratch_.path()))
    EXPECT_FALSE(entry.is_directory()) << entry.path();
}

// Measuring must not change what is measured.
TEST_F(MeasurementTest, ARunIsThatOfEvolve) {
  Experiment x = experiment();
  MeasuredRun run(x, {});
  for (int g = 0; g < 3; ++g) run.advance();

  Experiment y = experiment(1);
  EvolutionState state{Archive(y.classifier->info().classes)};
  StageTimes own;
  for (int g = kInitialGeneration; g < 3; ++g) advance(y, state, own);
  EXPECT_EQ(run.state().archive.digest(*x.encoding), state.archive.digest(*y.encoding));
}

TEST_F(MeasurementTest, ARunCanBeginWithGivenGenomes) {
  Experiment x = experiment();
  const std::vector<GenomePtr> first{x.encoding->random({1, 0, 0}), x.encoding->random({1, 0, 1})};
  MeasuredRun run(x, first);
  EXPECT_EQ(run.state().generation, kInitialGeneration);
  ASSERT_EQ(run.items().size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(run.items()[i]->genome, first[i % 2]);
  run.advance();
  EXPECT_EQ(run.items().front()->id, 6U);
}

TEST_F(MeasurementTest, RatesArePositive) {
  Experiment x = experiment();
  BareForward bare(x, {x.encoding->random({1, 0, 0})});
  EXPECT_GT(bare.measure(0), 0);
  for (const std::string& library : matrix_libraries())
    EXPECT_GT(MatrixRate(library, *x.pool).measure(0), 0);
  EXPECT_GT(processor_seconds(), 0);
}

}  // namespace
}  // namespace fool
