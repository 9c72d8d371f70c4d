#include "fool/core/json_error.h"

#include <gtest/gtest.h>

#include <functional>

namespace fool {
namespace {

std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const Json::exception& error) {
    return complaint_of(error);
  }
  return "none";
}

TEST(JsonError, SaysWhatIsWrongAndNotWhoSaysSo) {
  EXPECT_EQ(complaint([] { const Json json = Json::parse("[1e400]"); }),
            "number overflow parsing '1e400'");
  EXPECT_EQ(complaint([] { (void)Json::object().at("shape"); }), "key 'shape' not found");
  EXPECT_EQ(complaint([] { (void)Json("x").get<int>(); }), "type must be number, but is string");
}

}  // namespace
}  // namespace fool
