#include "model/printable.h"

#include <gtest/gtest.h>

namespace fool {
namespace {

TEST(Printable, TextStaysAsItIs) {
  EXPECT_EQ(printable("conv1.weight"), "conv1.weight");
  EXPECT_EQ(printable("größe \xe2\x82\xac \xf0\x9f\x98\x80"),
            "größe \xe2\x82\xac \xf0\x9f\x98\x80");
}

TEST(Printable, ControlCharactersAndOtherBytesAreEscaped) {
  EXPECT_EQ(printable("a\nb\x1b[31m\x7f"), "a\\x0ab\\x1b[31m\\x7f");
  EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
}

TEST(Printable, LongTextIsCut) {
  EXPECT_EQ(printable(std::string(1000, 'x')), std::string(80, 'x') + "...");
  EXPECT_EQ(printable(std::string(80, 'x')), std::string(80, 'x'));
}

TEST(IsUtf8, AcceptsEveryLength) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("a\xc2\x80\xdf\xbf"));
  EXPECT_TRUE(is_utf8("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"));
  EXPECT_TRUE(is_utf8("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
}

TEST(IsUtf8, RefusesTruncatedOverlongSurrogateAndTooLarge) {
  for (const char* text :
       {"\x80", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3(", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(text)) << printable(text);
  }
}

}  // namespace
}  // namespace fool
