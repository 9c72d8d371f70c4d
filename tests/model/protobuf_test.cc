#include "model/protobuf.h"

#include <gtest/gtest.h>

#include <string>

namespace fool::protobuf {
namespace {

TEST(Protobuf, CountsFieldsByNumber) {
  // 1: 150 as a varint; 2: "hi", twice; 3: eight bytes; 4: four bytes; 100: an empty message.
  const std::string bytes = std::string("\x08\x96\x01") + "\x12\x02hi" + "\x12\x02hi" + "\x19" +
                            "12345678" + "\x25" + "1234" + std::string("\xa2\x06\0", 3);
  const auto counts = count_fields(bytes);
  ASSERT_TRUE(counts.has_value());
  EXPECT_EQ(counts->size(), 5U);
  EXPECT_EQ(counts->at(1).varints, 1);
  EXPECT_EQ(counts->at(2).messages, 2);
  EXPECT_EQ(counts->at(3).varints + counts->at(3).messages, 0);
  EXPECT_EQ(counts->at(100).messages, 1);
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    // Only where a field ends is a shorter message whole.
    const bool whole = length == 3 || length == 7 || length == 11 || length == 20 || length == 25;
    EXPECT_EQ(count_fields(bytes.substr(0, length)).has_value(), whole) << length;
  }
}

TEST(Protobuf, GivesFieldsInOrder) {
  const std::string bytes = std::string("\x08\x96\x01") + "\x12\x02hi" + "\x25" + "1234";
  Reader reader(bytes);
  auto field = reader.next();
  ASSERT_TRUE(field.has_value());
  EXPECT_EQ(field->number, 1);
  EXPECT_EQ(field->wire, Wire::kVarint);
  EXPECT_EQ(field->value, 150U);
  field = reader.next();
  ASSERT_TRUE(field.has_value());
  EXPECT_EQ(field->wire, Wire::kBytes);
  EXPECT_EQ(field->bytes, "hi");
  field = reader.next();
  ASSERT_TRUE(field.has_value());
  EXPECT_EQ(field->number, 4);
  EXPECT_EQ(field->wire, Wire::kFixed32);
  EXPECT_EQ(field->bytes, "1234");
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_FALSE(reader.damaged());
}

TEST(Protobuf, GivesNothingAfterDamage) {
  Reader reader(std::string_view("\x08\x01\x12\x09hi\x08\x01"));
  EXPECT_TRUE(reader.next().has_value());
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_TRUE(reader.damaged());
  EXPECT_FALSE(reader.next().has_value());
}

TEST(Protobuf, RefusesWhatIsNoMessage) {
  EXPECT_TRUE(count_fields("")->empty());
  EXPECT_FALSE(count_fields(std::string("\x00", 1)).has_value());  // field 0
  EXPECT_FALSE(count_fields("\x0b").has_value());                  // a group
  EXPECT_FALSE(count_fields("\x0f").has_value());                  // no wire type
  EXPECT_FALSE(count_fields("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").has_value());
  EXPECT_FALSE(count_fields("\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7fhi").has_value());
  EXPECT_FALSE(count_fields("\xf8\xff\xff\xff\xff\x7f\x01").has_value());  // field too high
}

}  // namespace
}  // namespace fool::protobuf
