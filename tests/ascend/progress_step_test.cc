#include "ascend/progress_step.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ascend/slope_classifier.h"

namespace fool {
namespace {

AscentSettings with(const char* objective) {
  return ascent_settings(
      {{"objective", objective}, {"early_progress", 0.03}, {"late_progress", 0.1}});
}

TEST(ProgressStep, WantsLessTheNearerCertaintyIs) {
  const AscentSettings s = with("probability");
  EXPECT_DOUBLE_EQ(wanted_gain(s, 0), 0.03);
  EXPECT_DOUBLE_EQ(wanted_gain(s, 0.5), 0.03);
  EXPECT_DOUBLE_EQ(wanted_gain(s, 0.7), 0.03);
  EXPECT_DOUBLE_EQ(wanted_gain(s, 0.9), 0.1 * (1 - 0.9));
  EXPECT_DOUBLE_EQ(wanted_gain(s, 1), 0);
}

TEST(ProgressStep, IsWhatGivesThatGainByTheGradient) {
  const AscentSettings s = with("probability");
  EXPECT_DOUBLE_EQ(progress_step(s, 0.2, 4), 0.03 / 4);
  EXPECT_EQ(progress_step(s, 0.2, 0), 0);
  EXPECT_EQ(progress_step(s, 0.2, 1e-300), s.max_step);
  EXPECT_EQ(progress_step(s, 1, 1e-300), 0);
}

TEST(ProgressStep, OtherObjectivesGainWhatThatProbabilityDoes) {
  for (const double p : {1e-6, 0.01, 0.5, 0.9, 0.999}) {
    const double after = p + wanted_gain(with("probability"), p);
    EXPECT_NEAR(wanted_gain(with("log_probability"), p), std::log(after) - std::log(p), 1e-9) << p;
    const double odds = std::log(after / (1 - after)) - std::log(p / (1 - p));
    EXPECT_NEAR(wanted_gain(with("logit"), p), odds, 1e-9) << p;
  }
  for (const char* objective : {"log_probability", "logit"}) {
    for (const double p : {0.0, 1e-40, 1 - 1e-9, 1.0}) {
      const double gain = wanted_gain(with(objective), p);
      EXPECT_TRUE(std::isfinite(gain)) << objective << " " << p;
      EXPECT_GE(gain, 0) << objective << " " << p;
    }
  }
}

// The step along the gradient of log p is that along the gradient of p, where both are small.
TEST(ProgressStep, TheObjectivesAgreeForSmallSteps) {
  const double p = 0.5;
  const AscentSettings s = ascent_settings({{"early_progress", 1e-6}});
  const AscentSettings log =
      ascent_settings({{"early_progress", 1e-6}, {"objective", "log_probability"}});
  const double slope = 3;  // of log p; p's is p times that
  EXPECT_NEAR(progress_step(log, p, slope * slope) * slope,
              progress_step(s, p, p * slope * p * slope) * p * slope, 1e-11);
}

}  // namespace
}  // namespace fool
