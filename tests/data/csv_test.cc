#include "fool/data/csv.h"

#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using testing::HasSubstr;

std::string message_of(std::string_view text) {
  return error_message(ErrorKind::kData, [&] {
    const CsvTable table(text, "a.csv");
    table.column("file");
    for (std::size_t row = 0; row < table.size(); ++row)
      table.integer_at(row, table.column("class"));
  });
}

TEST(Csv, ReadsPlainRows) {
  const CsvTable table("file,class\na.jpg,3\nb.jpg,-1", "a.csv");
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table.at(0, table.column("file")), "a.jpg");
  EXPECT_EQ(table.integer_at(1, table.column("class")), -1);
}

TEST(Csv, ReadsQuotesLineEndsAndByteOrderMark) {
  const CsvTable table("\xEF\xBB\xBF\"file\",name\r\n\"a,\"\"b\"\"\",\"two\r\nlines\"\r\n,\r\n",
                       "a.csv");
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table.at(0, table.column("file")), "a,\"b\"");
  EXPECT_EQ(table.at(0, table.column("name")), "two\r\nlines");
  EXPECT_EQ(table.at(1, table.column("file")), "");
}

TEST(Csv, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(message_of(""), HasSubstr("a.csv is empty"));
  EXPECT_THAT(message_of("file,class\n\"x\ny\n"),
              HasSubstr("a.csv, line 2: a quotation that never ends"));
  EXPECT_THAT(message_of("file,class\n\"x\"y,3\n"),
              HasSubstr("line 2: text behind a closing quote"));
  EXPECT_THAT(message_of("file,class\n\"a\nb\",1\nx,\"1\"\"2\n"), HasSubstr("line 4: a quotation"));
  EXPECT_THAT(message_of("file,class\nx,3\rz,4\n"),
              HasSubstr("line 2: a carriage return that ends no line"));
  EXPECT_THAT(message_of("file,class\nx\n"),
              HasSubstr("line 2: expected 2 fields as in the first row, found 1"));
  EXPECT_THAT(message_of("files,class\n"),
              HasSubstr("no column \"file\", did you mean \"files\"?"));
  EXPECT_THAT(message_of("file,class\nx,3a\n"),
              HasSubstr("line 2: class: expected a whole number, found \"3a\""));
  EXPECT_THAT(message_of("file,class\nx,99999999999\n"), HasSubstr("expected a whole number"));
}

}  // namespace
}  // namespace fool
