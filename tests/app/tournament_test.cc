#include "app/tournament.h"

#include <gtest/gtest.h>

#include <numeric>

namespace fool {
namespace {

TEST(Tournament, TheSlowDropOutAndTheBestStays) {
  const std::vector<double> rates = {50, 100, 89, 97};
  std::vector<int> turns(rates.size());
  int saved = 0;
  const auto result = hold_tournament(
      4, {5, {0.7, 0.9}},
      [&](int i) {
        ++turns[static_cast<std::size_t>(i)];
        return rates[static_cast<std::size_t>(i)];
      },
      [&](int n) { saved += n; });
  EXPECT_EQ(turns, (std::vector<int>{1, 5, 2, 5}));
  EXPECT_TRUE(result[0].dropped);
  EXPECT_TRUE(result[2].dropped);
  EXPECT_FALSE(result[3].dropped);
  EXPECT_EQ(std::accumulate(turns.begin(), turns.end(), saved), 4 * 5);
  EXPECT_EQ(winner(result, {}, 1.0), 1);
}

TEST(Tournament, EndsWhenOneIsLeft) {
  int turns = 0;
  int saved = 0;
  const auto result = hold_tournament(
      3, {5, {0.7}}, [&](int i) { return ++turns, i == 2 ? 10.0 : 1.0; },
      [&](int n) { saved += n; });
  EXPECT_EQ(turns, 3);
  EXPECT_EQ(turns + saved, 3 * 5);
  EXPECT_EQ(winner(result, {0, 1}, 0.98), 2) << "one that dropped out cannot win";
}

TEST(Tournament, ASingleContestantIsMeasuredOnce) {
  const auto result = hold_tournament(1, {}, [](int) { return 7.0; });
  EXPECT_EQ(result[0].median_rate(), 7.0);
  EXPECT_EQ(winner(result, {}, 1.0), 0);
}

TEST(Tournament, TheReferenceNeverDropsOut) {
  TournamentRules rules;
  rules.reference = 0;
  const auto result = hold_tournament(2, rules, [](int i) { return i == 0 ? 1.0 : 10.0; });
  EXPECT_EQ(result[0].rates.size(), 5U);
  EXPECT_EQ(winner(result, {0}, 0.98), 1);
}

TEST(Tournament, OneThatDroppedInAQuietMomentSetsNoMark) {
  // Everything is twice as slow from the second round on.
  std::vector<int> turns(3);
  const auto result = hold_tournament(3, {4, {0.7, 0.9}}, [&](int i) {
    const bool quiet = turns[static_cast<std::size_t>(i)]++ == 0;
    return (i == 0 ? 60.0 : 100.0) / (quiet ? 1 : 2);
  });
  EXPECT_TRUE(result[0].dropped);
  EXPECT_FALSE(result[1].dropped);
  EXPECT_FALSE(result[2].dropped);
}

TEST(Tournament, ThePreferredWinsIfItIsAsGood) {
  std::vector<Contestant> contestants(3);
  contestants[0].rates = {99};
  contestants[1].rates = {100};
  contestants[2].rates = {98.5};
  EXPECT_EQ(winner(contestants, {2, 0}, 0.98), 2);
  EXPECT_EQ(winner(contestants, {2, 0}, 0.99), 0);
  EXPECT_EQ(winner(contestants, {}, 0.98), 1);
}

}  // namespace
}  // namespace fool
