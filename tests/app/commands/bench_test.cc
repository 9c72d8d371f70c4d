#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

TEST(BenchCommand, SharesAddUpAndRatesArePositive) {
  const ScratchFolder scratch;
  const InProcess result =
      run_program({"bench", "--model", write_fake_card(scratch.path(), fake_card()), "--seconds",
                   "1", "--warm-up", "1", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  double sum = 0;
  for (const auto& [stage, share] : json["shares"].items()) sum += share.get<double>();
  EXPECT_NEAR(sum, 1.0, 1e-9);
  EXPECT_GT(json["forward_per_second"], 0.0);
  EXPECT_GT(json["loop_per_second"], 0.0);
  EXPECT_TRUE(json["render"].contains("reference"));
}

TEST(BenchCommand, NumbersOutOfRangeAreUsageErrors) {
  const struct {
    const char* flag;
    const char* value;
    const char* expected;
  } cases[] = {{"--warm-up", "-1", "--warm-up: expected 0 or more, found -1"},
               {"--seconds", "nan", "--seconds: expected 1 to 100000, found nan"},
               {"--seconds", "0", "--seconds: expected 1 to 100000, found 0"}};
  for (const auto& c : cases) {
    const InProcess result = run_program({"bench", c.flag, c.value});
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.err, ::testing::HasSubstr(c.expected));
  }
}

}  // namespace
}  // namespace fool
