#include "app/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/in_process.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

// Fails in the way that its argument names.
class FailingCommand : public Command {
 public:
  void declare(CLI::App& app) override { app.add_option("how", how_); }
  int run(Console&) override {
    if (how_ == "model") fail(ErrorKind::kModel, "the weights are gone");
    if (how_ == "memory") throw std::bad_alloc();
    if (how_ == "other") throw std::runtime_error("surprise");
    return 17;
  }

 private:
  std::string how_;
};
FOOL_REGISTER_COMMAND("test-failing", FailingCommand, "For the tests of Program.");

TEST(Program, EveryFailureHasItsExitCodeAndOneLine) {
  EXPECT_EQ(run_program({"test-failing"}).code, 17);
  const InProcess model = run_program({"test-failing", "model"});
  EXPECT_EQ(model.code, 4);
  EXPECT_EQ(model.err, "fool: the weights are gone\n");
  EXPECT_EQ(run_program({"test-failing", "memory"}).code, 7);
  const InProcess other = run_program({"test-failing", "other"});
  EXPECT_EQ(other.code, 70);
  EXPECT_EQ(other.err, "fool: internal error: surprise\n");
}

TEST(Program, HelpGoesToStdout) {
  const InProcess help = run_program({"test-failing", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("For the tests of Program."));
  EXPECT_EQ(help.err, "");
}

TEST(Program, HelpIsAboutItsOwnCommand) {
  EXPECT_THAT(run_program({"--help"}).out, HasSubstr("Exit codes"));
  for (const char* command : {"test-failing", "env", "models"}) {
    EXPECT_THAT(run_program({command, "--help"}).out, ::testing::Not(HasSubstr("Exit codes")));
  }
}

TEST(Program, ArgumentsAreNamedInCapitals) {
  EXPECT_THAT(run_program({"verify", "--help"}).out, HasSubstr("fool verify [OPTIONS] RUN\n"));
  EXPECT_THAT(run_program({"describe", "--help"}).out,
              HasSubstr("fool describe [OPTIONS] [COMPONENT]\n"));
  EXPECT_THAT(run_program({"completion", "--help"}).out, HasSubstr("SHELL bash|zsh|fish"));
  EXPECT_EQ(run_program({"render"}).err, "fool: SOURCE is required; see fool render --help\n");
}

TEST(Program, TooManyWordsAreAUsageError) {
  const InProcess result = run_program({"test-failing", "a", "b"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("see fool test-failing --help"));
}

TEST(Program, CommandsOfTwoWordsAreGrouped) {
  const InProcess group = run_program({"models", "--help"});
  EXPECT_EQ(group.code, 0);
  EXPECT_THAT(group.out, HasSubstr("check"));
  EXPECT_THAT(run_program({"--help"}).out, HasSubstr("Networks: list, look into"));
  const InProcess nothing = run_program({"models"});
  EXPECT_EQ(nothing.code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("see fool models --help"));
  const InProcess typo = run_program({"models", "check", "x", "--limt", "3"});
  EXPECT_EQ(typo.code, 2);
  EXPECT_EQ(typo.err,
            "fool: models check has no flag --limt, did you mean \"--limit\"?; see fool models "
            "check --help\n");
}

TEST(CommandRegistry, EveryCommandHasHelp) {
  for (const std::string& name : CommandRegistry::instance().names()) {
    EXPECT_FALSE(CommandRegistry::instance().find(name, "command").help.empty()) << name;
  }
}

}  // namespace
}  // namespace fool
