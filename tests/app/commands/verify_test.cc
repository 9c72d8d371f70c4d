#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

TEST(VerifyCommand, AgreesWithTheRunAndNotWithAnotherNetwork) {
  const ScratchFolder scratch;
  const std::string run = (scratch / "run").string();
  const InProcess evolved =
      run_program({"evolve", "--model", write_fake_card(scratch.path(), fake_card()), "--out", run,
                   "--generations", "1", "--batch-size", "10", "--init-size", "10", "--progress",
                   "off", "--set", "report.console.summary=off"});
  ASSERT_EQ(evolved.code, 0) << evolved.err;
  const InProcess good = run_program({"verify", run, "--json", "--progress", "off"});
  EXPECT_EQ(good.code, 0) << good.err;
  const Json json = Json::parse(good.out);
  EXPECT_EQ(json["images"].size(), 12U);
  EXPECT_LE(json["largest_difference"], 1e-5);

  const std::string other =
      write_fake_card(scratch.path(), fake_card(12, 16, {{"seed", 9}}, "other"));
  const InProcess bad = run_program({"verify", run, "--model", other, "--progress", "off"});
  EXPECT_EQ(bad.code, kCheckFailed);
  EXPECT_THAT(bad.out, HasSubstr("largest difference"));
}

TEST(VerifyCommand, TheToleranceIsANumberFromZeroOn) {
  for (const char* value : {"nan", "-1e-5", "-0.1", "much"}) {
    const InProcess result = run_program({"verify", "run", std::string("--tolerance=") + value});
    EXPECT_EQ(result.code, 2) << value;
    EXPECT_THAT(result.err,
                HasSubstr(std::string("--tolerance: expected 0 or more, found ") + value));
  }
}

TEST(VerifyCommand, ARunWithoutImagesIsADataError) {
  const ScratchFolder scratch;
  EXPECT_EQ(run_program({"verify", scratch.path().string()}).code, 6);
}

}  // namespace
}  // namespace fool
