// What every search promises, run over the registry.
#include <gtest/gtest.h>

#include "search/smooth_run.h"

namespace fool {
namespace {

class SearchConformance : public ::testing::TestWithParam<std::string> {
 protected:
  static SmoothRun make() {
    Json settings = {{"batch_size", 12}};
    const auto& entry = SearchRegistry::instance().find(GetParam(), "search");
    if (entry.parameters.find("init_size") != nullptr) settings["init_size"] = 7;
    return {GetParam(), settings};
  }
};

TEST_P(SearchConformance, ItemsAreNumberedAndAsManyAndAsCostlyAsAnnounced) {
  SmoothRun run = make();
  for (int g = kInitialGeneration; g < 6; ++g) {
    const ItemId first = run.next_id;
    const std::vector<ItemPtr> items = run.advance();
    ASSERT_FALSE(items.empty());
    EXPECT_LE(items.size(), static_cast<std::size_t>(run.search->size(g)));
    EXPECT_EQ(equivalents_of(items), run.search->equivalents(g));
    for (std::size_t i = 0; i < items.size(); ++i) {
      EXPECT_EQ(items[i]->id, first + i);
      EXPECT_EQ(items[i]->generation, g);
      ASSERT_NE(items[i]->genome, nullptr);
      EXPECT_LT(items[i]->gradient_class, SmoothRun::kClasses);
      if (items[i]->wants_gradient()) EXPECT_TRUE(run.search->follows_gradients());
      for (const ItemId parent : items[i]->parents) EXPECT_LT(parent, items[i]->id);
    }
  }
}

TEST_P(SearchConformance, WorkersChangeNothing) {
  SmoothRun one = make();
  SmoothRun three = make();
  for (int g = 0; g < 8; ++g) {
    one.advance(1);
    three.advance(3);
  }
  EXPECT_EQ(one.archive.digest(one.encoding), three.archive.digest(three.encoding));
}

TEST_P(SearchConformance, GoesOnFromWhatItSaved) {
  for (const int saved_at : {1, 5, 6}) {
    SmoothRun run = make();
    for (int g = 0; g < saved_at; ++g) run.advance();
    SmoothRun copy = make();
    copy.go_on_from(run);
    for (int g = 0; g < 5; ++g) {
      run.advance();
      copy.advance();
    }
    EXPECT_EQ(copy.archive.digest(copy.encoding), run.archive.digest(run.encoding));
    EXPECT_EQ(copy.search->save_state(), run.search->save_state());
  }
}

INSTANTIATE_TEST_SUITE_P(All, SearchConformance,
                         ::testing::ValuesIn(SearchRegistry::instance().names()),
                         [](const auto& param_info) {
                           std::string name = param_info.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace fool
