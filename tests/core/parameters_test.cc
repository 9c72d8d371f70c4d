#include "fool/core/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fool/core/error.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

ParameterTable table() {
  return {
      param("rate", 0.1, "Probability of a mutation per gene.")
          .range(0, 1)
          .cite("paper, section 2"),
      param("size", 200, "Individuals.").at_least(1),
      param("space", "hsv", "Colour space.").one_of({"hsv", "hls"}),
      param("functions", Json::array({"sine"}), "Activations.").one_of({"sine", "linear"}),
      param("quirk", false, "As released."),
  };
}

std::string config_error(const Json& given) {
  try {
    table().resolve(given, "encoding");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConfig);
    return error.what();
  }
  return "no error";
}

TEST(ParameterTable, FillsDefaultsInOrder) {
  const Json resolved = table().resolve({{"size", 7}}, "encoding");
  EXPECT_EQ(resolved.dump(),
            R"({"rate":0.1,"size":7,"space":"hsv","functions":["sine"],"quirk":false})");
}

TEST(ParameterTable, ResolvingAgainChangesNothing) {
  const Json once = table().resolve({{"rate", 1}}, "encoding");
  EXPECT_EQ(once.dump(), table().resolve(once, "encoding").dump());
  EXPECT_TRUE(once["rate"].is_number_float());
}

TEST(ParameterTable, UnknownKeyNamesTheNearest) {
  EXPECT_THAT(config_error({{"rat", 0.5}}), HasSubstr("\"encoding.rat\", did you mean \"rate\"?"));
}

TEST(ParameterTable, WrongTypesSayWhatWasExpectedAndFound) {
  EXPECT_EQ(config_error({{"rate", "often"}}), "encoding.rate: expected a number, found \"often\"");
  EXPECT_EQ(config_error({{"size", 1.5}}), "encoding.size: expected an integer, found 1.5");
  EXPECT_EQ(config_error({{"quirk", 1}}), "encoding.quirk: expected a boolean, found 1");
  EXPECT_EQ(config_error({{"space", nullptr}}), "encoding.space: expected a string, found null");
  EXPECT_THAT(config_error(Json::array()), HasSubstr("expected an object of settings"));
}

TEST(ParameterTable, ValuesOutOfRangeSayTheRange) {
  EXPECT_EQ(config_error({{"rate", 1.5}}), "encoding.rate: expected 0..1, found 1.5");
  EXPECT_EQ(config_error({{"size", 0}}), "encoding.size: expected at least 1, found 0");
}

TEST(ParameterTable, ChoicesAreChecked) {
  EXPECT_THAT(config_error({{"space", "hvs"}}), HasSubstr("known: hsv, hls"));
  EXPECT_THAT(config_error({{"functions", {"sine", "cosine"}}}), HasSubstr("no choice \"cosine\""));
  EXPECT_THAT(config_error({{"functions", Json::array()}}), HasSubstr("expected at least one of"));
}

TEST(Nearest, FindsATypingErrorButNoStranger) {
  const std::vector<std::string> words = {"evolve", "verify", "render"};
  EXPECT_EQ(nearest("evovle", words), "evolve");
  EXPECT_EQ(nearest("ver", words), "verify");
  EXPECT_EQ(nearest("xylophone", words), "");
  EXPECT_EQ(did_you_mean("rendr", words), ", did you mean \"render\"?");
  EXPECT_EQ(did_you_mean("5", {"1", "10"}), "");
}

}  // namespace
}  // namespace fool
