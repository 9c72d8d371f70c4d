#include <gtest/gtest.h>

#include "search/smooth_run.h"

namespace fool {
namespace {

TEST(GradientMutation, ParentsAndChildrenTakeTurns) {
  SmoothRun run("gradient-mutation",
                {{"init_size", 5}, {"batch_size", 14}, {"children", 4}, {"step", 3.0}});
  run.advance();
  const std::vector<ItemPtr> parents = run.advance();
  ASSERT_EQ(parents.size(), 2U);  // 2 x (3 + 4) = 14
  for (const ItemPtr& parent : parents) EXPECT_TRUE(parent->wants_gradient());
  const std::vector<ItemPtr> children = run.advance();
  ASSERT_EQ(children.size(), 8U);
  for (std::size_t i = 0; i < children.size(); ++i) {
    const ItemPtr& parent = parents[i / 4];
    EXPECT_FALSE(children[i]->wants_gradient());
    EXPECT_EQ(children[i]->parents, std::vector<ItemId>{parent->id});
    // Uphill for the parent's class, as far as whole numbers go.
    const std::uint64_t before = fakes::CountingEncoding::value(*parent->genome);
    const std::uint64_t after = fakes::CountingEncoding::value(*children[i]->genome);
    if (before >= 254) continue;
    if (parent->gradient_class == 1) {
      EXPECT_GE(after, before);
    }
    if (parent->gradient_class == 0) {
      EXPECT_LE(after, before);
    }
  }
}

TEST(GradientMutation, Climbs) {
  SmoothRun run("gradient-mutation", {{"init_size", 5}, {"batch_size", 28}, {"step", 5.0}});
  for (int i = 0; i < 60; ++i) run.advance();
  EXPECT_GT(run.archive.cell(0)->confidence, 0.95F);
  EXPECT_GT(run.archive.cell(1)->confidence, 0.95F);
}

}  // namespace
}  // namespace fool
