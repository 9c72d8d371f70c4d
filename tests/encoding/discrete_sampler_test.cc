#include "encoding/discrete_sampler.h"

#include <gtest/gtest.h>

namespace fool {
namespace {

TEST(DiscreteSampler, InvertsTheCumulativeDistribution) {
  const DiscreteSampler sampler({0.25, 0.25, 0.75, 1.0});
  EXPECT_EQ(sampler(0), 0);
  EXPECT_EQ(sampler(0x3fffffffU), 0);
  EXPECT_EQ(sampler(0x40000000U), 2);  // 1 has no probability
  EXPECT_EQ(sampler(0xbfffffffU), 2);
  EXPECT_EQ(sampler(0xc0000000U), 3);
  EXPECT_EQ(sampler(0xffffffffU), 3);
}

TEST(DiscreteSampler, FindsTinyProbabilities) {
  const DiscreteSampler sampler({0.5 - 0x1.0p-32, 0.5, 1.0});
  EXPECT_EQ(sampler(0x7ffffffeU), 0);
  EXPECT_EQ(sampler(0x7fffffffU), 1);
  EXPECT_EQ(sampler(0x80000000U), 2);
}

TEST(DiscreteSampler, ACertainEventIsCertain) {
  const DiscreteSampler first({1.0, 1.0});
  const DiscreteSampler last({0.0, 1.0});
  for (const std::uint32_t u : {0U, 1U, 0x12345678U, 0xffffffffU}) {
    EXPECT_EQ(first(u), 0);
    EXPECT_EQ(last(u), 1);
  }
}

}  // namespace
}  // namespace fool
