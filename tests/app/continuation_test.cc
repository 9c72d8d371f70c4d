#include "app/continuation.h"

#include <gtest/gtest.h>

namespace fool {
namespace {

TEST(Continuation, MayChangeWhatChangesNoResult) {
  for (const char* key :
       {"generations", "budget_seconds", "evaluate.workers", "report.console.progress"}) {
    EXPECT_TRUE(free_to_change(key)) << key;
  }
  for (const char* key : {"seed", "evaluate.block", "encoding.type", "model"}) {
    EXPECT_FALSE(free_to_change(key)) << key;
  }
}

TEST(Continuation, FindsValuesByDottedKeys) {
  const Json config{{"a", {{"b", 3}}}, {"c", {{"d", nullptr}}}};
  EXPECT_EQ(value_at(config, "a.b"), 3);
  EXPECT_EQ(value_at(config, "a"), (Json{{"b", 3}}));
  EXPECT_EQ(value_at(config, "a.x"), nullptr);
  EXPECT_EQ(value_at(config, "x"), nullptr);
}

TEST(Continuation, NamesTheFirstDifferenceThatMatters) {
  const Json then{{"seed", 1}, {"generations", 10}, {"encoding", {{"type", "cppn"}}}};
  Json now = then;
  now["generations"] = 20;
  EXPECT_EQ(first_difference(now, then), "");
  now["encoding"]["type"] = "direct";
  EXPECT_EQ(first_difference(now, then), "encoding.type");
  now["encoding"] = {{"depth", 3}};
  EXPECT_EQ(first_difference(now, then), "encoding.depth");
}

}  // namespace
}  // namespace fool
