#include "fool/study/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "fakes/expect_error.h"
#include "fakes/python.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/core/json.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

using ::testing::HasSubstr;
using Values = std::vector<double>;

TEST(MannWhitneyTest, CountsThePairs) {
  const MannWhitney test = mann_whitney(Values{1, 4, 6}, Values{2, 3, 4, 5});
  EXPECT_DOUBLE_EQ(test.u, 0 + 2.5 + 4);
  EXPECT_DOUBLE_EQ(test.effect, 2 * 6.5 / 12 - 1);
}

// Of the 252 ways to order five and five values, one puts all of a first and one all of b.
TEST(MannWhitneyTest, IsExactForAFewSeeds) {
  const MannWhitney test = mann_whitney(Values{6, 7, 8, 9, 10}, Values{1, 2, 3, 4, 5});
  EXPECT_DOUBLE_EQ(test.u, 25);
  EXPECT_DOUBLE_EQ(test.effect, 1);
  EXPECT_NEAR(test.p, 2.0 / 252, 1e-15);
}

TEST(MannWhitneyTest, IsTheSameFromTheOtherSide) {
  const Values a{0.3, 0.1, 0.9, 0.5};
  const Values b{0.2, 0.4, 0.8, 0.95, 0.99, 0.7};
  const MannWhitney there = mann_whitney(a, b);
  const MannWhitney back = mann_whitney(b, a);
  EXPECT_DOUBLE_EQ(there.u + back.u, 24);
  EXPECT_DOUBLE_EQ(there.effect, -back.effect);
  EXPECT_DOUBLE_EQ(there.p, back.p);
}

TEST(MannWhitneyTest, FindsNothingInEqualValues) {
  const MannWhitney test = mann_whitney(Values{1, 1, 1}, Values{1, 1});
  EXPECT_DOUBLE_EQ(test.u, 3);
  EXPECT_DOUBLE_EQ(test.p, 1);
  EXPECT_DOUBLE_EQ(test.effect, 0);
}

TEST(MannWhitneyTest, IsNeverSurerThanCertain) {
  const MannWhitney test = mann_whitney(Values{2}, Values{1, 3});
  EXPECT_DOUBLE_EQ(test.p, 1);
}

TEST(MannWhitneyTest, RefusesWhatIsNoSample) {
  EXPECT_THAT(error_message(ErrorKind::kData, [] { mann_whitney(Values{}, Values{1}); }),
              HasSubstr("first sample: expected at least one value, found none"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { mann_whitney(Values{1}, Values{nan}); }),
              HasSubstr("second sample: expected numbers, found nan"));
}

TEST(QuantileTest, InterpolatesBetweenNeighbours) {
  const Values values{4, 1, 3, 2};
  EXPECT_DOUBLE_EQ(quantile(values, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(values, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(quantile(values, 1), 4);
  EXPECT_DOUBLE_EQ(median(values), 2.5);
  EXPECT_DOUBLE_EQ(median(Values{5, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(quantile(Values{7}, 0.3), 7);
}

TEST(QuantileTest, RefusesWhatIsNoShare) {
  EXPECT_THAT(error_message(ErrorKind::kInternal, [] { quantile(Values{1}, 1.5); }),
              HasSubstr("expected a share from 0 to 1, found 1.5"));
  EXPECT_THAT(error_message(ErrorKind::kData, [] { median(Values{}); }),
              HasSubstr("median: expected at least one value"));
}

// Three values have 27 equally likely resamples: their medians are 1 in 7, 2 in 13, 3 in 7.
TEST(BootstrapTest, IsThePercentileInterval) {
  const Values values{1, 2, 3};
  const Interval wide = bootstrap_interval(values, 0.95);
  EXPECT_DOUBLE_EQ(wide.low, 1);
  EXPECT_DOUBLE_EQ(wide.high, 3);
  const Interval narrow = bootstrap_interval(values, 0.3);
  EXPECT_DOUBLE_EQ(narrow.low, 2);
  EXPECT_DOUBLE_EQ(narrow.high, 2);
}

TEST(BootstrapTest, IsTheSameForTheSameSeed) {
  Values values(40);
  RngStream rng(7, "test.values", 0, 0);
  for (double& value : values) value = rng.uniform();
  const Interval once = bootstrap_interval(values, 0.9, 50, 3);
  const Interval again = bootstrap_interval(values, 0.9, 50, 3);
  const Interval other = bootstrap_interval(values, 0.9, 50, 4);
  EXPECT_EQ(once.low, again.low);
  EXPECT_EQ(once.high, again.high);
  EXPECT_TRUE(once.low != other.low || once.high != other.high);
  EXPECT_LT(once.low, once.high);
}

TEST(BootstrapTest, OfOneValueIsThatValue) {
  const Interval interval = bootstrap_interval(Values{0.25});
  EXPECT_EQ(interval.low, 0.25);
  EXPECT_EQ(interval.high, 0.25);
}

TEST(BootstrapTest, RefusesImpossibleLevels) {
  EXPECT_THAT(error_message(ErrorKind::kInternal, [] { bootstrap_interval(Values{1}, 95); }),
              HasSubstr("expected a level between 0 and 1"));
}

// Pairs of samples of many sizes, some rounded so that values are equal.
Json some_samples() {
  Json pairs = Json::array();
  const std::vector<std::pair<int, int>> sizes = {{1, 1},  {1, 9},  {2, 3},    {5, 5},   {5, 8},
                                                  {8, 8},  {8, 40}, {9, 9},    {30, 20}, {3, 1200},
                                                  {10, 4}, {7, 7},  {300, 300}};
  for (std::size_t i = 0; i < 2 * sizes.size(); ++i) {
    RngStream rng(1, "test.samples", 0, static_cast<std::uint32_t>(i));
    const auto [n, m] = sizes[i / 2];
    const bool rounded = i % 2 == 1;
    const auto draw = [&](int count, double shift) {
      Values values;
      for (int k = 0; k < count; ++k) {
        const double value = rng.normal() + shift;
        values.push_back(rounded ? std::round(2 * value) / 2 : value);
      }
      return values;
    };
    const Values a = draw(n, 0.7);
    const Values b = draw(m, 0);
    pairs.push_back({{"a", a}, {"b", b}});
  }
  return pairs;
}

TEST(StatisticsTest, AgreeWithScipy) {
  const std::string python = python_with("scipy");
  if (python.empty()) GTEST_SKIP() << "no Python with scipy: apt-get install python3-scipy";
  const ScratchFolder folder;
  const Json samples = some_samples();
  write_file(folder / "samples.json", samples.dump());
  const std::string command =
      fmt::format("{} '{}/tests/study/ask_scipy.py' '{}' '{}' >'{}' 2>&1", python, FOOL_SOURCE_DIR,
                  (folder / "samples.json").string(), (folder / "answers.json").string(),
                  (folder / "log").string());
  ASSERT_EQ(std::system(command.c_str()), 0) << read_file(folder / "log");
  const Json answers = Json::parse(read_file(folder / "answers.json"));
  ASSERT_EQ(answers.size(), samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Values a = samples[i]["a"];
    const Values b = samples[i]["b"];
    SCOPED_TRACE(fmt::format("pair {}: {} and {} values, {}", i, a.size(), b.size(),
                             answers[i]["method"].get<std::string>()));
    const MannWhitney test = mann_whitney(a, b);
    EXPECT_DOUBLE_EQ(test.u, answers[i]["u"]);
    const double p = answers[i]["p"];
    EXPECT_NEAR(test.p, p, 1e-11 * p + 1e-15);
    EXPECT_NEAR(test.effect, answers[i]["effect"].get<double>(), 1e-12);
    EXPECT_NEAR(median(a), answers[i]["median"].get<double>(), 1e-12);
    EXPECT_NEAR(quantile(a, 0.1), answers[i]["decile"].get<double>(), 1e-12);
    // Both are drawn at random, so they differ by a neighbour or so.
    const Interval interval = bootstrap_interval(a, 0.95, 20000, 5);
    const double width = quantile(a, 0.75) - quantile(a, 0.25);
    EXPECT_NEAR(interval.low, answers[i]["low"].get<double>(), 0.05 * width);
    EXPECT_NEAR(interval.high, answers[i]["high"].get<double>(), 0.05 * width);
  }
}

}  // namespace
}  // namespace fool
