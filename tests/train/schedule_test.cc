#include "train/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fool {
namespace {

TEST(LearningRate, RisesInTheFirstTwentiethAndFallsToNothing) {
  EXPECT_EQ(learning_rate_at(0, 100, 0.5), 0.0);
  EXPECT_DOUBLE_EQ(learning_rate_at(2, 100, 0.5), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate_at(5, 100, 0.5), 0.5);
  EXPECT_NEAR(learning_rate_at(105, 200, 0.5), 0.25, 1e-12);  // the middle of the fall
  EXPECT_NEAR(learning_rate_at(100, 100, 0.5), 0.0, 1e-12);
  for (int step = 6; step <= 100; ++step) {
    EXPECT_LT(learning_rate_at(step, 100, 0.5), learning_rate_at(step - 1, 100, 0.5));
  }
}

TEST(ShuffledOrder, HoldsAllAndDiffersByEpochAndSeed) {
  const std::vector<int> order = shuffled_order(50, 1, 1);
  std::vector<int> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (int i = 0; i < 50; ++i) EXPECT_EQ(sorted[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(shuffled_order(50, 1, 1), order);
  EXPECT_NE(shuffled_order(50, 1, 2), order);
  EXPECT_NE(shuffled_order(50, 2, 1), order);
}

}  // namespace
}  // namespace fool
