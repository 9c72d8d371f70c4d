#include <gtest/gtest.h>

#include "search/smooth_run.h"

namespace fool {
namespace {

TEST(CmaSearch, EmittersMoveTowardsTheirClasses) {
  SmoothRun run("cma", {{"init_size", 5}, {"batch_size", 24}, {"population", 12}, {"sigma", 5.0}});
  run.advance();
  EXPECT_EQ(run.advance().size(), 24U);  // two emitters, one for each class
  for (int i = 0; i < 40; ++i) {
    for (const ItemPtr& item : run.advance()) EXPECT_FALSE(item->wants_gradient());
  }
  EXPECT_GT(run.archive.cell(0)->confidence, 0.95F);
  EXPECT_GT(run.archive.cell(1)->confidence, 0.95F);
}

}  // namespace
}  // namespace fool
