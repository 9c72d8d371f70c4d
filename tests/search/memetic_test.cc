#include <gtest/gtest.h>

#include "search/smooth_run.h"

namespace fool {
namespace {

int climbing(const std::vector<ItemPtr>& items) {
  int count = 0;
  for (const ItemPtr& item : items) count += item->wants_gradient() ? 1 : 0;
  return count;
}

TEST(Memetic, SpendsItsFirstShareOnGradients) {
  SmoothRun run("memetic", {{"init_size", 5}, {"batch_size", 60}, {"first_share", 0.5}});
  run.advance();
  const std::vector<ItemPtr> items = run.advance();
  EXPECT_EQ(climbing(items), 10);  // of cost 30
  EXPECT_EQ(items.size(), 40U);
  for (std::size_t i = 0; i < items.size(); ++i) {
    EXPECT_EQ(items[i]->wants_gradient(), i < 10) << i;  // they come first
  }
}

TEST(Memetic, AClimbBeginsWithAWiderGenomeUnlessItShallNot) {
  for (const bool widen : {true, false}) {
    SmoothRun run("memetic", {{"init_size", 5}, {"batch_size", 60}, {"widen", widen}});
    run.encoding.widens = true;
    run.advance();
    for (const ItemPtr& item : run.advance()) {
      const bool is_wide = fakes::CountingEncoding::value(*item->genome) >= 256;
      EXPECT_EQ(is_wide, widen && item->wants_gradient());
    }
  }
}

// The fakes' mutation is a random walk by single digits, while a step may be as long as it likes.
TEST(Memetic, TheShareFollowsWhatPays) {
  SmoothRun steps("memetic",
                  {{"init_size", 5}, {"batch_size", 60}, {"learning_rate", 8.0}, {"steps", 50}});
  SmoothRun none(
      "memetic",
      {{"init_size", 5}, {"batch_size", 60}, {"least_share", 0.05}, {"learning_rate", 1e-6}});
  int most = 0;
  int least = 60;
  for (int i = 0; i < 6; ++i) {
    most = std::max(most, climbing(steps.advance()));
    least = std::min(least, climbing(none.advance()) + (i == 0 ? 60 : 0));
  }
  EXPECT_GT(most, 10);
  EXPECT_LE(least, 1);
}

}  // namespace
}  // namespace fool
