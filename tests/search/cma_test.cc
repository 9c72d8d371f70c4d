#include <gtest/gtest.h>

#include "search/smooth_run.h"

namespace fool {
namespace {

TEST(CmaSearch, EmittersMoveTowardsTheirClasses) {
  SmoothRun run("cma", {{"init_size", 5},
                        {"batch_size", 24},
                        {"population", 12},
                        {"sigma", 5.0},
                        {"ranking", "class"}});
  run.advance();
  EXPECT_EQ(run.advance().size(), 24U);  // two emitters, one for each class
  for (int i = 0; i < 40; ++i) {
    for (const ItemPtr& item : run.advance()) EXPECT_FALSE(item->wants_gradient());
  }
  EXPECT_GT(run.archive.cell(0)->confidence, 0.95F);
  EXPECT_GT(run.archive.cell(1)->confidence, 0.95F);
}

// The mean of one emitter's children after some generations in which only the brighter half of them
// took a cell: that of class 1, while the emitter works for class 0, which is surest of dark
// images.
double brightness_after_bright_gains(const std::string& ranking) {
  SmoothRun run("cma", {{"init_size", 5},
                        {"batch_size", 12},
                        {"population", 12},
                        {"sigma", 5.0},
                        {"patience", 1000},
                        {"target", 1.0},
                        {"ranking", ranking}});
  run.archive.add(std::vector<ItemPtr>{run.item_of(128)}, std::vector<float>{0.6F, 0.4F});
  WorkerPool pool(1);
  double mean = 0;
  for (int generation = 0; generation < 15; ++generation) {
    const auto items = run.search->ask(run.archive, generation, 100, pool);
    std::vector<float> confidences;
    for (const ItemPtr& item : items) {
      confidences.push_back(1 - SmoothRun::brightness(*item));
      confidences.push_back(SmoothRun::brightness(*item));
    }
    mean = 0;
    for (const ItemPtr& item : items) mean += SmoothRun::brightness(*item) / 12.0;
    AddReport report;
    for (int row = 0; row < 12; ++row) {
      const float brightness = confidences[2 * static_cast<std::size_t>(row) + 1];
      if (static_cast<double>(brightness) > mean)
        report.improvements.push_back({1, row, 0.1F, brightness});
    }
    run.search->tell(items, {confidences, {}}, report);
  }
  return mean;
}

TEST(CmaSearch, EmittersFollowTheirClassOrWhatTheArchiveGains) {
  EXPECT_LT(brightness_after_bright_gains("class"), 0.4);
  EXPECT_GT(brightness_after_bright_gains("improvement"), 0.6);
}

// An emitter that adds nothing more begins anew from an elite.
TEST(CmaSearch, EmittersBeginAnewAfterGenerationsWithoutAGain) {
  SmoothRun run("cma", {{"init_size", 5},
                        {"batch_size", 12},
                        {"population", 12},
                        {"sigma", 1e-6},
                        {"patience", 2},
                        {"ranking", "improvement"}});
  run.advance();
  const ItemId first = run.advance()[0]->parents[0];
  std::vector<ItemId> starts;
  for (int i = 0; i < 4; ++i) starts.push_back(run.advance()[0]->parents[0]);
  // Children as bright as their parent gain nothing: two generations for one class, two for the
  // other.
  EXPECT_EQ(starts[0], first);
  EXPECT_NE(starts[1], first);
  EXPECT_EQ(starts[2], starts[1]);
  EXPECT_EQ(starts[3], first);
}

}  // namespace
}  // namespace fool
