#include "fool/core/rng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace fool {
namespace {

using Block = std::array<std::uint32_t, 4>;

// Random123's kat_vectors for philox4x32-10.
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RngStream, SameAddressSameNumbers) {
  RngStream a(7, "cppn.add_node", 3, 5);
  RngStream b(7, "cppn.add_node", 3, 5);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next_u32(), b.next_u32());
}

TEST(RngStream, EveryPartOfTheAddressMatters) {
  const auto first = [](std::uint64_t seed, const char* name, std::uint32_t g, std::uint32_t i) {
    return RngStream(seed, name, g, i).next_u64();
  };
  const auto base = first(1, "a.b", 2, 3);
  EXPECT_NE(base, first(2, "a.b", 2, 3));
  EXPECT_NE(base, first(1ULL << 32 | 1, "a.b", 2, 3));
  EXPECT_NE(base, first(1, "a.c", 2, 3));
  EXPECT_NE(base, first(1, "a.b", 3, 3));
  EXPECT_NE(base, first(1, "a.b", 2, 4));
}

// Moments over n draws, within five standard errors.
TEST(RngStream, UniformMoments) {
  RngStream rng(1, "test.uniform", 0, 0);
  const int n = 200000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < n; ++i) {
    const double u = rng.uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
    squares += u * u;
  }
  EXPECT_NEAR(sum / n, 0.5, 5 * std::sqrt(1.0 / 12 / n));
  EXPECT_NEAR(squares / n, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / n));
}

TEST(RngStream, UniformIntIsUnbiased) {
  RngStream rng(1, "test.int", 0, 0);
  const int n = 70000;
  std::vector<int> counts(7);
  for (int i = 0; i < n; ++i) {
    const std::uint32_t value = rng.uniform_int(7);
    ASSERT_LT(value, 7U);
    ++counts[value];
  }
  for (const int count : counts) EXPECT_NEAR(count, n / 7.0, 5 * std::sqrt(n / 7.0));
  EXPECT_EQ(rng.uniform_int(1), 0U);
}

TEST(RngStream, NormalMoments) {
  RngStream rng(1, "test.normal", 0, 0);
  const int n = 200000;
  double sum = 0;
  double squares = 0;
  double fourths = 0;
  for (int i = 0; i < n; ++i) {
    const double x = rng.normal();
    sum += x;
    squares += x * x;
    fourths += x * x * x * x;
  }
  EXPECT_NEAR(sum / n, 0.0, 5 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1.0, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(fourths / n, 3.0, 5 * std::sqrt(96.0 / n));
}

TEST(RngStream, BernoulliRate) {
  RngStream rng(1, "test.bernoulli", 0, 0);
  const int n = 100000;
  int hits = 0;
  for (int i = 0; i < n; ++i) hits += rng.bernoulli(0.1) ? 1 : 0;
  EXPECT_NEAR(hits, 0.1 * n, 5 * std::sqrt(0.09 * n));
}

TEST(RngStream, GeometricMatchesTheRunsOfABernoulliSequence) {
  RngStream rng(1, "test.geometric", 0, 0);
  const int n = 100000;
  const double p = 0.1;
  double sum = 0;
  int zeros = 0;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t k = rng.geometric(p);
    sum += static_cast<double>(k);
    zeros += k == 0 ? 1 : 0;
  }
  EXPECT_NEAR(sum / n, (1 - p) / p, 5 * std::sqrt((1 - p) / (p * p) / n));
  EXPECT_NEAR(zeros, p * n, 5 * std::sqrt(p * (1 - p) * n));
  EXPECT_EQ(rng.geometric(1.0), 0U);
}

// The order of draws is part of every result: these values may change only together with a new file
// format.
TEST(RngStream, FirstNumbersAreFixed) {
  RngStream rng(42, "test.fixed", 1, 2);
  EXPECT_EQ(rng.next_u32(), 0x74d01ba1U);
  EXPECT_EQ(rng.next_u32(), 0x5d3f4efdU);
  EXPECT_EQ(rng.next_u32(), 0x2b105c80U);
  EXPECT_EQ(rng.uniform(), 0.10175092580267031);
  EXPECT_EQ(rng.normal(), -0.043228365673513049);
}

}  // namespace
}  // namespace fool
