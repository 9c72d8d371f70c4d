#include "search/class_policy.h"

#include <gtest/gtest.h>

#include "fakes/counting_encoding.h"
#include "fakes/expect_error.h"

namespace fool {
namespace {

Archive archive_with(const std::vector<float>& confidences) {
  Archive archive(static_cast<int>(confidences.size()));
  const std::vector<ItemPtr> items{std::make_shared<const Item>(
      Item{0, kInitialGeneration, std::make_shared<fakes::NumberGenome>(1), {}})};
  archive.add(items, confidences);
  return archive;
}

std::vector<int> counts(ClassPolicy policy, const Archive& archive, const std::vector<int>& at_work,
                        int draws) {
  std::vector<int> result(at_work.size());
  for (int i = 0; i < draws; ++i) {
    RngStream rng(1, "test", 0, static_cast<std::uint32_t>(i));
    ++result[static_cast<std::size_t>(policy.choose(archive, at_work, rng))];
  }
  return result;
}

TEST(ClassPolicy, WeakestIsTheOneOfLeastConfidence) {
  const Archive archive = archive_with({0.4F, 0.1F, 0.2F, 0.3F});
  const ClassPolicy policy("weakest", 4);
  EXPECT_EQ(counts(policy, archive, {0, 0, 0, 0}, 5)[1], 5);
  EXPECT_EQ(counts(policy, archive, {0, 1, 0, 0}, 5)[2], 5);
  EXPECT_EQ(counts(policy, archive, {1, 1, 1, 1}, 5)[1], 5);
  EXPECT_EQ(counts(policy, Archive(4), {1, 0, 0, 0}, 5)[1], 5);  // all of them empty
}

TEST(ClassPolicy, UniformTakesAnyThatIsWorkedForLeast) {
  const ClassPolicy policy("uniform", 4);
  const std::vector<int> found = counts(policy, Archive(4), {2, 1, 1, 3}, 1000);
  EXPECT_EQ(found[0] + found[3], 0);
  EXPECT_NEAR(found[1], 500, 100);
}

TEST(ClassPolicy, ImprovingPrefersWhatGainedLately) {
  const Archive archive(3);
  ClassPolicy policy("improving", 3);
  policy.tell({{{2, 0, 0.1F, 0.4F}, {1, 1, 0.1F, 0.2F}}});
  const std::vector<int> found = counts(policy, archive, {0, 0, 0}, 1000);
  EXPECT_GT(found[2], 2 * found[1]);
  EXPECT_GT(found[1], 10 * found[0]);

  ClassPolicy copy("improving", 3);
  copy.load(Json::parse(policy.save().dump()));
  EXPECT_EQ(counts(copy, archive, {0, 0, 0}, 1000), found);
  error_message(ErrorKind::kData, [&] { copy.load({{"gains", {0.5}}, {"chosen", {0}}}); });
}

TEST(ClassPolicy, NearestTakesTheSurestOfTheUnfinishedThatWereChosenLeast) {
  const Archive archive = archive_with({0.4F, 0.95F, 0.2F, 0.3F});
  ClassPolicy policy("nearest", 4, 0.9F);
  const auto choose = [&](ClassPolicy& one) {
    RngStream rng(1, "test", 0, 0);
    return one.choose(archive, {0, 0, 0, 0}, rng);
  };
  EXPECT_EQ(choose(policy), 0);
  EXPECT_EQ(choose(policy), 3);
  ClassPolicy copy("nearest", 4, 0.9F);
  copy.load(Json::parse(policy.save().dump()));
  for (ClassPolicy* one : {&policy, &copy}) {
    EXPECT_EQ(choose(*one), 2);
    EXPECT_EQ(choose(*one), 0);  // again, before the one that is finished
  }
}

}  // namespace
}  // namespace fool
