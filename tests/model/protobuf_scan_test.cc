#include "model/protobuf_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace fool {
namespace {

TEST(ScanProtobuf, CountsFieldsByNumber) {
  // 1: 150 as a varint; 2: "hi", twice; 3: eight bytes; 4: four bytes; 100: an empty message.
  const std::string bytes = std::string("\x08\x96\x01") + "\x12\x02hi" + "\x12\x02hi" + "\x19" +
                            "12345678" + "\x25" + "1234" + std::string("\xa2\x06\0", 3);
  const auto counts = scan_protobuf(bytes);
  ASSERT_TRUE(counts.has_value());
  EXPECT_EQ(counts->size(), 5U);
  EXPECT_EQ(counts->at(1).varints, 1);
  EXPECT_EQ(counts->at(2).messages, 2);
  EXPECT_EQ(counts->at(3).varints + counts->at(3).messages, 0);
  EXPECT_EQ(counts->at(100).messages, 1);
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    // Only where a field ends is a shorter message whole.
    const bool whole = length == 3 || length == 7 || length == 11 || length == 20 || length == 25;
    EXPECT_EQ(scan_protobuf(bytes.substr(0, length)).has_value(), whole) << length;
  }
}

TEST(ScanProtobuf, RefusesWhatIsNoMessage) {
  EXPECT_TRUE(scan_protobuf("")->empty());
  EXPECT_FALSE(scan_protobuf(std::string("\x00", 1)).has_value());  // field 0
  EXPECT_FALSE(scan_protobuf("\x0b").has_value());                  // a group
  EXPECT_FALSE(scan_protobuf("\x0f").has_value());                  // no wire type
  EXPECT_FALSE(scan_protobuf("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").has_value());
  EXPECT_FALSE(scan_protobuf("\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7fhi").has_value());
  EXPECT_FALSE(scan_protobuf("\xf8\xff\xff\xff\xff\x7f\x01").has_value());  // field too high
}

}  // namespace
}  // namespace fool
