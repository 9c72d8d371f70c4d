#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/in_process.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Completion, KnowsCommandsFlagsAndValues) {
  for (const char* shell : {"bash", "zsh"}) {
    EXPECT_THAT(run_program({"completion", shell}).out,
                AllOf(HasSubstr("evolve"), HasSubstr("--generations"),
                      HasSubstr("'cppn dense-cppn direct'"), HasSubstr("complete -F _fool fool")));
  }
  EXPECT_THAT(run_program({"completion", "zsh"}).out,
              AllOf(HasSubstr("compdef"), ::testing::Not(HasSubstr("compinit -u"))));
  EXPECT_THAT(run_program({"completion", "fish"}).out,
              AllOf(HasSubstr("-l generations"), HasSubstr("-r -f -a 'cppn dense-cppn direct'")));
}

TEST(Completion, OtherShellsAreRefused) { EXPECT_EQ(run_program({"completion", "csh"}).code, 2); }

}  // namespace
}  // namespace fool
