#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/in_process.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Describe, ListsKindsComponentsAndSettings) {
  EXPECT_THAT(run_program({"describe"}).out,
              AllOf(HasSubstr("encoding.cppn"), HasSubstr("search.random"), HasSubstr("evaluate")));
  const InProcess one = run_program({"describe", "evaluate"});
  EXPECT_THAT(one.out, AllOf(HasSubstr("block"), HasSubstr("1..65536"), HasSubstr("default 20")));
  EXPECT_THAT(run_program({"describe", "cppn"}).out, HasSubstr("preset \"released-code\""));
}

TEST(Describe, DoesNotOfferWhatTestsUse) {
  EXPECT_THAT(run_program({"describe"}).out, ::testing::Not(HasSubstr("classifier.fake")));
  EXPECT_EQ(run_program({"describe", "classifier.fake"}).code, 0);
}

TEST(Describe, JsonHoldsTheWholeTable) {
  const Json json = Json::parse(run_program({"describe", "search.map-elites", "--json"}).out);
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0]["parameters"][0]["key"], "init_size");
  EXPECT_EQ(json[0]["parameters"][0]["type"], "integer");
  EXPECT_EQ(json[0]["parameters"][0]["default"], 200);
}

TEST(Describe, UnknownNamesAreUsageErrors) {
  const InProcess result = run_program({"describe", "search.map-elite"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean \"search.map-elites\"?"));
}

}  // namespace
}  // namespace fool
