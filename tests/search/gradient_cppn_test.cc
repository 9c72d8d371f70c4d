#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/expect_error.h"
#include "search/smooth_run.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

TEST(GradientCppn, ClimbsFromTheBestImageOfEachClass) {
  SmoothRun run("gradient-cppn", {{"init_size", 5}, {"batch_size", 3}, {"learning_rate", 2.0}});
  EXPECT_EQ(run.advance().size(), 5U);
  const ItemId best = run.archive.cell(1)->item->id;
  std::vector<ItemPtr> items = run.advance();
  ASSERT_EQ(items.size(), 3U);
  int of_class_1 = 0;
  for (const ItemPtr& item : items) {
    EXPECT_TRUE(item->wants_gradient());
    ASSERT_EQ(item->parents.size(), 1U);
    if (item->gradient_class != 1) continue;
    EXPECT_EQ(item->parents[0], best);
    ++of_class_1;
  }
  EXPECT_GE(of_class_1, 1);  // three climbs share two classes
  EXPECT_LE(of_class_1, 2);
  for (int i = 0; i < 40; ++i) run.advance();
  EXPECT_GT(run.archive.cell(0)->confidence, 0.95F);
  EXPECT_GT(run.archive.cell(1)->confidence, 0.95F);
}

TEST(GradientCppn, RefusesWhatItCannotUse) {
  const auto& registry = SearchRegistry::instance();
  const fakes::CountingEncoding counting;
  EXPECT_THAT(
      error_message(ErrorKind::kConfig,
                    [&] {
                      registry.make(registry.resolve({{"type", "gradient-cppn"}}, "search"),
                                    SearchContext{counting, 1, 2});
                    }),
      HasSubstr("gradient-cppn needs an encoding with a gradient, such as dense-cppn; counting has "
                "none"));
  SmoothRun run("gradient-cppn");
  error_message(ErrorKind::kData, [&] { run.search->load_state(Json::object()); });
  error_message(ErrorKind::kData, [&] {
    run.search->load_state({{"trajectories", Json::array()}, {"policy", Json::object()}});
  });
}

}  // namespace
}  // namespace fool
