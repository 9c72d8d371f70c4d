#include "fool/core/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "fool/core/error.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

TEST(ParseConfig, TakesComments) {
  const Json json = parse_config("{\n  // why\n  \"seed\": 3 /* because */\n}", "a.json");
  EXPECT_EQ(json["seed"], 3);
}

TEST(ParseConfig, ErrorsSayFileLineAndColumn) {
  try {
    parse_config("{\n  \"seed\": ,\n}", "a.json");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConfig);
    EXPECT_THAT(error.what(), HasSubstr("a.json:2:11: not valid JSON"));
  }
}

TEST(ParseConfig, NumbersThatDoNotFitAreErrorsInPlainWords) {
  try {
    parse_config("[1e400]", "a.json");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConfig);
    EXPECT_STREQ(error.what(), "a.json: not valid JSON: number overflow parsing '1e400'");
  }
}

TEST(MergeConfig, LaysObjectsOverObjects) {
  Json base = Json::parse(R"({"seed":1,"search":{"type":"map-elites","batch_size":200}})");
  merge_config(base, Json::parse(R"({"search":{"batch_size":50},"model":"x"})"));
  EXPECT_EQ(base.dump(),
            R"({"seed":1,"search":{"type":"map-elites","batch_size":50},"model":"x"})");
}

TEST(MergeConfig, AnotherTypeStartsTheSectionAfresh) {
  Json base = Json::parse(R"({"search":{"type":"map-elites","init_size":200}})");
  merge_config(base, Json::parse(R"({"search":{"type":"random"}})"));
  EXPECT_EQ(base.dump(), R"({"search":{"type":"random"}})");
}

TEST(SetConfig, NumbersMayBeginWithThePoint) {
  const std::map<std::string, std::string> values = {
      {".05", "0.05"}, {"-.5e1", "-5.0"}, {"..", "\"..\""}, {".x", "\".x\""}, {"--.5", "\"--.5\""}};
  for (const auto& [text, expected] : values) {
    Json config = Json::object();
    set_config(config, "a", text);
    EXPECT_EQ(config.dump(), "{\"a\":" + expected + "}");
  }
}

TEST(SetConfig, ReadsJsonValuesAndPlainWords) {
  Json config = Json::object();
  set_config(config, "seed", "12");
  set_config(config, "encoding.mutation_rate", "0.25");
  set_config(config, "encoding.type", "cppn");
  set_config(config, "encoding.activations", "[\"sine\"]");
  EXPECT_EQ(
      config.dump(),
      R"({"seed":12,"encoding":{"mutation_rate":0.25,"type":"cppn","activations":["sine"]}})");
}

TEST(SetConfig, RefusesEmptyNamesAndSectionsThatAreNone) {
  Json config = {{"seed", 1}};
  EXPECT_THROW(set_config(config, "", "1"), Error);
  EXPECT_THROW(set_config(config, "a..b", "1"), Error);
  EXPECT_THROW(set_config(config, "seed.x", "1"), Error);
}

TEST(SetConfig, RefusesWhatIsNoUtf8) {
  Json config = Json::object();
  try {
    set_config(config, "model", "\xff");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConfig);
    EXPECT_THAT(error.what(), HasSubstr("model: expected text in UTF-8"));
  }
  EXPECT_TRUE(config.empty());
}

TEST(EnvironmentLayer, MapsVariablesToKnownKeys) {
  const std::map<std::string, const char*> variables = {
      {"FOOL_SEED", "9"}, {"FOOL_SEARCH_BATCH_SIZE", "64"}, {"FOOL_UNRELATED", "1"}};
  const auto lookup = [&](const char* name) {
    const auto it = variables.find(name);
    return it == variables.end() ? nullptr : it->second;
  };
  const Json known = Json::parse(R"({"seed":1,"search":{"batch_size":200,"type":"random"}})");
  EXPECT_EQ(environment_layer(leaf_keys(known), lookup).dump(),
            R"({"seed":9,"search":{"batch_size":64}})");
}

}  // namespace
}  // namespace fool
