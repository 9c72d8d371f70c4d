// The scripts that draw the paper's figures, tested by tests/figures/test_figures.py.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "fakes/python.h"

namespace fool {
namespace {

TEST(Figures, ScriptsDrawAndCount) {
  for (const char* module : {"matplotlib", "pandas", "scipy", "PIL"}) {
    if (python_with(module).empty()) GTEST_SKIP() << "no Python has " << module;
  }
  const std::string python = python_with("matplotlib");
  EXPECT_EQ(std::system((python + " " FOOL_SOURCE_DIR "/tests/figures/test_figures.py").c_str()),
            0);
}

TEST(Figures, ReproduceListsItsExperiments) {
  const std::string script = FOOL_SOURCE_DIR "/scripts/reproduce.sh";
  EXPECT_EQ(std::system(("bash " + script + " --list | grep -q '^mnist .*Figures 4, 5'").c_str()),
            0);
  EXPECT_EQ(
      std::system(
          ("bash " + script + " --scale large 2>&1 | grep -q 'expected smoke, hour'").c_str()),
      0);
  EXPECT_EQ(
      std::system(
          ("bash " + script + " --only none 2>&1 | grep -q 'no experiment \"none\"'").c_str()),
      0);
}

}  // namespace
}  // namespace fool
