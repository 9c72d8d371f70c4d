#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

using testing::HasSubstr;

class BenchCommandTest : public testing::Test {
 protected:
  InProcess bench(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"bench", "--model", card_, "--seconds", "1"});
    return run_program(arguments);
  }

  ScratchFolder scratch_;
  std::string card_ = write_fake_card(scratch_.path(), fake_card());
};

TEST_F(BenchCommandTest, SharesAddUpAndRatesArePositive) {
  const InProcess result = bench({"--warm-up", "1", "--grown", "3", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  double sum = 0;
  for (const auto& [name, stage] : json["stages"].items()) sum += stage["share"].get<double>();
  EXPECT_NEAR(sum, 1.0, 1e-9);
  for (const char* name : {"vary", "render", "forward", "archive", "report"})
    EXPECT_GT(json["stages"][name]["microseconds_per_image"], 0.0) << name;
  EXPECT_GT(json["forward_per_second"], 0.0);
  EXPECT_GT(json["loop_per_second"], 0.0);
  EXPECT_GT(json["matrix_products"]["BLAS"], 1e6);
  EXPECT_EQ(json["grown"], 3);
  EXPECT_TRUE(json["render"].contains("reference"));
}

TEST_F(BenchCommandTest, TheBareForwardPassCanBeMeasuredAlone) {
  const InProcess result = bench({"--bare", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_GT(json["forward_per_second"], 0.0);
  EXPECT_FALSE(json.contains("loop_per_second"));
  const InProcess text = bench({"--bare"});
  EXPECT_THAT(text.out, HasSubstr("bare forward"));
}

TEST_F(BenchCommandTest, ComparesWithAnotherTime) {
  const std::string path = (scratch_ / "old.json").string();
  write_file(path, bench({"--json"}).out);
  const InProcess result = bench({"--compare", path});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("whole loop, images/s"));
  const Json both = Json::parse(bench({"--bare", "--compare", path, "--json"}).out);
  EXPECT_EQ(both["then"]["schema"], both["schema"]);

  const std::string other =
      write_fake_card(scratch_.path(), fake_card(12, 16, Json::object(), "other"));
  const InProcess refused = run_program({"bench", "--model", other, "--compare", path});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("its model is fake, here it is other"));
}

TEST_F(BenchCommandTest, AFileThatCannotBeComparedIsFoundFirst) {
  const std::string path = (scratch_ / "old.json").string();
  EXPECT_EQ(bench({"--compare", path}).code, 6);
  write_file(path, "{}");
  EXPECT_EQ(bench({"--compare", path}).code, 5);
}

TEST(BenchCommand, NumbersOutOfRangeAreUsageErrors) {
  const struct {
    const char* flag;
    const char* value;
    const char* expected;
  } cases[] = {{"--warm-up", "-1", "--warm-up: expected 0 or more, found -1"},
               {"--grown", "-1", "--grown: expected 0 to 100000, found -1"},
               {"--seconds", "nan", "--seconds: expected 1 to 100000, found nan"},
               {"--seconds", "0", "--seconds: expected 1 to 100000, found 0"}};
  for (const auto& c : cases) {
    const InProcess result = run_program({"bench", c.flag, c.value});
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.err, HasSubstr(c.expected));
  }
}

}  // namespace
}  // namespace fool
