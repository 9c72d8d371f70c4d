#include "app/ascent_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/expect_error.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;

TEST(ParseClasses, TakesNumbersRangesAndNames) {
  EXPECT_THAT(parse_classes("all", 3, "m"), ElementsAre(0, 1, 2));
  EXPECT_THAT(parse_classes("7,2-4,3", 10, "m"), ElementsAre(2, 3, 4, 7));
  EXPECT_THAT(parse_classes("published", 1000, "m"), SizeIs(20));
  EXPECT_THAT(parse_classes("published,0", 1000, "m"), SizeIs(21));
  EXPECT_EQ(parse_classes("published", 1000, "m"), published_classes());
}

TEST(ParseClasses, NamesWhatItDoesNotUnderstand) {
  const auto message = [](const std::string& text) {
    return error_message(ErrorKind::kUsage, [&] { parse_classes(text, 10, "lenet"); });
  };
  for (const char* text : {"x", "", "1,,2", "-1", "3-", "5-3", "1.5", "1-2-3", "99999999999"}) {
    EXPECT_THAT(message(text), HasSubstr("--classes: expected all, published, or numbers")) << text;
  }
  for (const char* text : {"10", "3-2000000000"}) {
    EXPECT_THAT(message(text), HasSubstr("; lenet has 0 to 9")) << text;
  }
  EXPECT_THAT(message("published"), HasSubstr("there is no class 200"));
}

TEST(DefaultClasses, AreFew) {
  EXPECT_EQ(default_classes(10), "all");
  EXPECT_EQ(default_classes(1000), "published");
  EXPECT_EQ(default_classes(500), "all");  // has no class 906
}

TEST(ParseSettings, TakesPresetsAndFiles) {
  EXPECT_THAT(ascent_presets(), IsSupersetOf({"none", "l2", "blur", "clip", "modern"}));
  const std::vector<NamedAscent> settings = parse_settings("none,l2,some/ascend_my own.json");
  ASSERT_THAT(settings, SizeIs(3));
  EXPECT_EQ(settings[0].name, "none");
  EXPECT_THAT(settings[1].file, HasSubstr("configs/ascend_l2.json"));
  EXPECT_EQ(settings[2].name, "my_own");
  EXPECT_EQ(settings[2].file, "some/ascend_my own.json");
}

TEST(ParseSettings, NamesTheNearest) {
  const auto message = [](const std::string& text) {
    return error_message(ErrorKind::kUsage, [&] { parse_settings(text); });
  };
  EXPECT_THAT(message("blurr"), HasSubstr("did you mean \"blur\"?"));
  EXPECT_THAT(message(""), HasSubstr("known: blur, clip, l2, modern, none"));
  EXPECT_THAT(message("l2,none,l2"), HasSubstr("\"l2\" is there twice"));
}

TEST(PlanTasks, StartsOfAClassStayTogether) {
  const std::vector<AscentTask> tasks = plan_tasks({3, 5}, 2);
  ASSERT_THAT(tasks, SizeIs(4));
  EXPECT_EQ(tasks[1].class_index, 3);
  EXPECT_EQ(tasks[1].start, 1);
  EXPECT_EQ(tasks[2].class_index, 5);
  EXPECT_EQ(tasks[2].start, 0);
}

}  // namespace
}  // namespace fool
