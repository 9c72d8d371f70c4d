#include "classify/mixture.h"

#include <gmock/gmock.h>

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

// Two parts that speak of one image and two classes.
Mixture two_parts(EnsembleRule rule) {
  Mixture mixture(rule, 2);
  mixture.part(0) = {0.25F, 0.75F};
  mixture.part(1) = {0.5F, 0.5F};
  return mixture;
}

TEST(Mixture, IsTheMeanOrTheSmallest) {
  std::vector<float> found(2);
  two_parts(EnsembleRule::kMean).combine(found);
  EXPECT_THAT(found, ElementsAre(FloatEq(0.375F), FloatEq(0.625F)));
  two_parts(EnsembleRule::kMin).combine(found);
  EXPECT_THAT(found, ElementsAre(0.25F, 0.5F));
}

TEST(Mixture, GradientsOfAMeanCountAlikeAndThoseOfItsLogarithmByTheirShare) {
  const Mixture mean = two_parts(EnsembleRule::kMean);
  EXPECT_EQ(mean.weight_of(0, 0, Objective::kProbability, 0.375F), 0.5F);
  EXPECT_EQ(mean.weight_of(1, 0, Objective::kProbability, 0.375F), 0.5F);
  EXPECT_FLOAT_EQ(mean.weight_of(0, 0, Objective::kLogProbability, 0.375F), 1.0F / 3);
  EXPECT_FLOAT_EQ(mean.weight_of(1, 0, Objective::kLogProbability, 0.375F), 2.0F / 3);
  EXPECT_EQ(mean.weight_of(0, 0, Objective::kLogProbability, 0.0F), 0.5F);  // no share of nothing
}

TEST(Mixture, OfTheSmallestOnePartCounts) {
  Mixture min = two_parts(EnsembleRule::kMin);
  EXPECT_EQ(min.weight_of(0, 0, Objective::kLogProbability, 0.25F), 1.0F);
  EXPECT_EQ(min.weight_of(1, 0, Objective::kLogProbability, 0.25F), 0.0F);
  EXPECT_EQ(min.weight_of(1, 1, Objective::kProbability, 0.5F), 1.0F);
  min.part(1) = min.part(0);
  EXPECT_EQ(min.weight_of(0, 1, Objective::kProbability, 0.75F), 1.0F);  // of equals, the first
  EXPECT_EQ(min.weight_of(1, 1, Objective::kProbability, 0.75F), 0.0F);
}

}  // namespace
}  // namespace fool
