#include "report/page/descent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/page/small_run.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RunReading tree() {
  RunReading run;
  const auto item = [](ItemId id, int generation, std::vector<ItemId> parents) {
    return LoggedItem{id, generation, std::move(parents), {0}, {0.5F}};
  };
  run.items = {item(2, -1, {}), item(3, -1, {}), item(12, 0, {3, 2}), item(20, 1, {12}),
               item(31, 2, {25})};
  return run;
}

TEST(Descent, TheLineFollowsTheFirstParents) {
  EXPECT_THAT(line_of_descent(tree(), 20), ElementsAre(3, 12, 20));
  EXPECT_THAT(line_of_descent(tree(), 2), ElementsAre(2));
  // Its parent took no cell, so nothing is known of it.
  EXPECT_THAT(line_of_descent(tree(), 31), ElementsAre(31));
  EXPECT_THAT(line_of_descent(tree(), 77), ElementsAre(77));
}

TEST(Descent, PlacesAreSpreadFromTheFirstToTheLast) {
  EXPECT_THAT(evenly_spread(3, 5), ElementsAre(0, 1, 2));
  EXPECT_THAT(evenly_spread(9, 3), ElementsAre(0, 4, 8));
  EXPECT_THAT(evenly_spread(9, 1), ElementsAre(8));
  EXPECT_THAT(evenly_spread(9, 0), IsEmpty());
  EXPECT_THAT(evenly_spread(0, 4), IsEmpty());
}

// The champions' genomes are known by their hashes: what is made again is what was scored.
TEST(Descent, ReplayedGenomesAreThoseOfTheRun) {
  for (const char* encoding : {"cppn", "direct"}) {
    const TemporaryFolder folder;
    SmallRun settings;
    settings.encoding = encoding;
    settings.write(folder / "run");
    const RunReading run = read_runs(folder / "run").front();
    const auto drawn =
        EncodingRegistry::instance().make(run.record.config.at("encoding"), settings.shape);
    std::vector<ItemId> wanted;
    std::map<ItemId, std::string> hashes;
    bool grown = false;
    for (const LoggedClass& logged : run.classes) {
      wanted.push_back(logged.champion->item);
      hashes[logged.champion->item] = logged.champion->genome_sha256;
      grown = grown || logged.champion->parents.size() > 0;
    }
    EXPECT_TRUE(grown);
    std::vector<ItemId> seen;
    replay(run, *drawn, wanted, [&](ItemId item, const GenomePtr& genome) {
      seen.push_back(item);
      EXPECT_EQ(sha256_hex(drawn->encode(*genome)), hashes.at(item)) << encoding << " " << item;
    });
    EXPECT_EQ(seen.size(), hashes.size());
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  }
}

TEST(Descent, WhatTheLogDoesNotKnowIsLeftOut) {
  const TemporaryFolder folder;
  SmallRun().write(folder / "run");
  RunReading run = read_runs(folder / "run").front();
  const auto drawn =
      EncodingRegistry::instance().make(run.record.config.at("encoding"), ImageShape{8, 8, 1});
  run.items.push_back({100000, 6, {}, {0}, {0.5F}});       // beyond its generation
  run.items.push_back({100001, 6, {99999}, {0}, {0.5F}});  // its parent is not logged
  std::vector<ItemId> seen;
  replay(run, *drawn, {0, 100000, 100001, 5555},
         [&](ItemId item, const GenomePtr&) { seen.push_back(item); });
  EXPECT_THAT(seen, ElementsAre(0));
}

}  // namespace
}  // namespace fool
