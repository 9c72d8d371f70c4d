#include "app/option_checks.h"

#include <gtest/gtest.h>

#include <string>

namespace fool {
namespace {

std::string complaint(const CLI::Validator& validator, std::string text) { return validator(text); }

TEST(OptionChecks, WholeNumbers) {
  EXPECT_EQ(complaint(at_least(1), "1"), "");
  EXPECT_EQ(complaint(at_least(0), "2147483647"), "");
  EXPECT_EQ(complaint(at_least(1), "-3"), "expected 1 or more, found -3");
  EXPECT_EQ(complaint(from_to(0, 1024), "1024"), "");
  EXPECT_EQ(complaint(from_to(0, 1024), "1025"), "expected 0 to 1024, found 1025");
  for (const char* text : {"2147483648", "1.5", "1e3", "many", "", "nan"}) {
    EXPECT_EQ(complaint(at_least(0), text), std::string("expected 0 or more, found ") + text);
  }
}

TEST(OptionChecks, Numbers) {
  EXPECT_EQ(complaint(number_at_least(0), "1e-5"), "");
  EXPECT_EQ(complaint(number_from_to(1, 1e5), "2.5"), "");
  EXPECT_EQ(complaint(number_from_to(1, 1e5), "0.5"), "expected 1 to 100000, found 0.5");
  for (const char* text : {"nan", "-nan", "inf", "-1", "1e400", "1x", ""}) {
    EXPECT_EQ(complaint(number_at_least(0), text),
              std::string("expected 0 or more, found ") + text);
  }
}

TEST(OptionChecks, Texts) {
  EXPECT_EQ(complaint(not_empty(), "0-3"), "");
  EXPECT_EQ(complaint(not_empty(), ""), "expected a value, found an empty one");
}

// Help and completion print it behind the option's own type.
TEST(OptionChecks, AddNothingToTheTypeName) {
  CLI::App app;
  const CLI::Option* option = app.add_option("--size")->type_name("N")->check(from_to(1, 2));
  EXPECT_EQ(option->get_type_name(), "N");
}

}  // namespace
}  // namespace fool
