#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "app/interrupt.h"
#include "app/run_config.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

using testing::HasSubstr;

class TuneCommandTest : public testing::Test {
 protected:
  InProcess tune(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"tune", "--model", card_, "--set", "search.init_size=20",
                                         "--set", "search.batch_size=20", "--seconds", "0.01",
                                         "--grown", "2", "--rounds", "2", "--out", out_});
    return run_program(arguments);
  }

  ScratchFolder scratch_;
  std::string card_ = write_fake_card(scratch_.path(), fake_card());
  std::string out_ = (scratch_ / "tuned.json").string();
};

TEST_F(TuneCommandTest, WritesAConfigurationThatCanBeUsed) {
  const InProcess result = tune({"--workers", "2", "--blocks", "5,10", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  // The blocks that were named and the configured one, then fewer workers.
  EXPECT_EQ(json["tried"].size(), 4U);
  for (const Json& tried : json["tried"]) EXPECT_GT(tried["per_second"], 0.0);

  const Json config =
      resolve_run_config({{out_}, Json::object(), [](const char*) { return nullptr; }});
  EXPECT_EQ(config["model"], card_);
  EXPECT_EQ(config["evaluate"]["block"], json["block"]);
  EXPECT_EQ(config["evaluate"]["workers"], json["workers"]);
  EXPECT_THAT(read_file(out_), HasSubstr("// Part of the experiment"));
}

TEST_F(TuneCommandTest, PrintsWhatItTried) {
  const InProcess result = tune({"--workers", "1"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("block  workers"));
  EXPECT_THAT(result.out, HasSubstr("chosen"));
  EXPECT_THAT(result.out, testing::EndsWith(out_ + "\n"));
}

TEST_F(TuneCommandTest, ReplacesNothingUnasked) {
  write_file(out_, "mine");
  const InProcess refused = tune({"--blocks", "5"});
  EXPECT_EQ(refused.code, 6);
  EXPECT_THAT(refused.err, HasSubstr("is already there; choose another --out, or --force"));
  EXPECT_EQ(read_file(out_), "mine");
  EXPECT_EQ(tune({"--blocks", "5", "--force"}).code, 0);
  EXPECT_NE(read_file(out_), "mine");
}

// In a process of its own: a signal that was seen stays seen.
using TuneCommandDeathTest = TuneCommandTest;
TEST_F(TuneCommandDeathTest, CtrlCLeavesNoFile) {
  EXPECT_EXIT(
      {
        handle_interrupts();
        std::raise(SIGINT);
        std::_Exit(tune({"--workers", "1"}).code);
      },
      testing::ExitedWithCode(130), "");
  EXPECT_FALSE(std::filesystem::exists(out_));
}

TEST_F(TuneCommandTest, WrongValuesAreUsageErrors) {
  EXPECT_THAT(tune({"--blocks", "0"}).err, HasSubstr("--blocks: expected 1 to 65536, found 0"));
  EXPECT_EQ(tune({"--rounds", "0"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(out_));
}

}  // namespace
}  // namespace fool
