#include "report/page/log_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/support.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LogTable, ReadsNumbersAndWhereThereIsNone) {
  const TemporaryFolder folder;
  write_file(folder / "t.csv", "a,b,ids\n1,0.25,3 14\n,,\nx,1e,3 x\n");
  const LogTable table(folder / "t.csv");
  ASSERT_EQ(table.size(), 3U);
  EXPECT_EQ(table.number<int>(0, "a"), 1);
  EXPECT_EQ(table.number<float>(0, "b"), 0.25F);
  EXPECT_THAT(table.ids(0, "ids"), ElementsAre(3, 14));
  EXPECT_EQ(table.number<int>(1, "a", -1), -1);
  EXPECT_EQ(table.number<float>(1, "b"), 0.0F);
  EXPECT_THAT(table.ids(1, "ids"), IsEmpty());
  expect_error(ErrorKind::kData, "t.csv: a: expected a number, found \"x\"",
               [&] { table.number<int>(2, "a"); });
  expect_error(ErrorKind::kData, "b: expected a number", [&] { table.number<float>(2, "b"); });
  expect_error(ErrorKind::kData, "ids: expected a number", [&] { table.ids(2, "ids"); });
  expect_error(ErrorKind::kData, "none", [&] { table.text(0, "none"); });
}

}  // namespace
}  // namespace fool
