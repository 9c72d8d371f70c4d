#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/data/csv.h"
#include "fool/report/png.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

class LineageCommandTest : public ::testing::Test {
 protected:
  LineageCommandTest() {
    const InProcess result = run_program(
        {"evolve", "--model", write_fake_card(scratch_.path(), fake_card(6, 8)), "--out",
         path("run"), "--generations", "20", "--batch-size", "10", "--init-size", "10",
         "--progress", "off", "--set", "report.console.summary=off"});
    EXPECT_EQ(result.code, 0) << result.err;
  }

  std::string path(const std::string& name) const { return (scratch_ / name).string(); }

  ScratchFolder scratch_;
};

TEST_F(LineageCommandTest, DrawsAndListsTheAncestorsOfAChampion) {
  const InProcess result =
      run_program({"lineage", path("run"), "--class", "2", "--out", path("two.png")});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, path("two.png") + "\n" + path("two.csv") + "\n");
  EXPECT_EQ(read_png(path("two.png")).image.shape().channels, 3);
  const CsvTable table(read_file(path("two.csv")), "two.csv");
  ASSERT_GE(table.size(), 1U);
  EXPECT_EQ(table.at(0, table.column("parents")), "");
  EXPECT_EQ(table.integer_at(0, table.column("generation")), -1);
  const std::size_t last = table.size() - 1;
  EXPECT_EQ(table.at(last, table.column("class")), "2");
  // The champion of classes.csv.
  const CsvTable classes(read_file(scratch_ / "run" / "classes.csv"), "classes.csv");
  EXPECT_EQ(table.at(last, table.column("item")), classes.at(2, classes.column("item")));
  EXPECT_EQ(table.at(last, table.column("confidence")),
            classes.at(2, classes.column("confidence")));
  for (std::size_t row = 1; row < table.size(); ++row) {
    EXPECT_EQ(table.at(row, table.column("parents")), table.at(row - 1, table.column("item")));
  }
}

TEST_F(LineageCommandTest, CountsOwnAndOtherClasses) {
  const InProcess result =
      run_program({"lineage", path("run"), "--json", "--csv", path("all.csv")});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["classes"].size(), 6U);
  int own = 0;
  int other = 0;
  for (const Json& one : json["classes"]) {
    own += one["taken_by_own_class"].get<int>();
    other += one["taken_by_other_class"].get<int>();
  }
  EXPECT_EQ(json["taken_by_own_class"], own);
  EXPECT_EQ(json["taken_by_other_class"], other);
  EXPECT_GT(own + other, 0);
  EXPECT_EQ(CsvTable(read_file(path("all.csv")), "all.csv").size(), 6U);
  EXPECT_THAT(run_program({"lineage", path("run")}).out,
              HasSubstr("by a child of another class's"));
}

TEST_F(LineageCommandTest, ClassAndPictureBelongTogether) {
  EXPECT_THAT(run_program({"lineage", path("run"), "--class", "1"}).err,
              HasSubstr("expected --out FILE.png as well"));
  EXPECT_THAT(run_program({"lineage", path("run"), "--out", path("a.png")}).err,
              HasSubstr("expected --class K as well"));
  EXPECT_THAT(run_program({"lineage", path("run"), "--class", "9", "--out", path("a.png")}).err,
              HasSubstr("the run has no such class; expected 0 to 5"));
}

}  // namespace
}  // namespace fool
