#include "app/config_flags.h"

#include <gtest/gtest.h>

#include "fool/core/error.h"
#include "fool/model/model_spec.h"

namespace fool {
namespace {

Json layer_of(std::vector<std::string> arguments) {
  CLI::App app;
  ConfigFlags flags;
  flags.declare_experiment(app, "What to run");
  flags.declare_files(app, "Configuration");
  flags.declare(app, "--seed", "seed", "Seed", "N");
  std::reverse(arguments.begin(), arguments.end());
  app.parse(arguments);
  return flags.layer();
}

TEST(ConfigFlags, SetKeysOfTheConfiguration) {
  const Json layer = layer_of(
      {"--seed", "3", "--encoding", "direct", "--set", "search.batch_size=5", "image.crops=10"});
  EXPECT_EQ(layer["seed"], 3);
  EXPECT_EQ(layer["encoding"]["type"], "direct");
  EXPECT_EQ(layer["search"]["batch_size"], 5);
  EXPECT_EQ(layer["image"]["crops"], 10);
}

TEST(ConfigFlags, TheLastOfTwoCounts) {
  EXPECT_EQ(layer_of({"--seed", "3", "--seed", "4"})["seed"], 4);
}

TEST(ConfigFlags, AFlagOfItsOwnLiesOverSet) {
  EXPECT_EQ(layer_of({"--seed", "3", "--set", "seed=4"})["seed"], 3);
}

TEST(ConfigFlags, AscentsAreForTheirOwnCommand) {
  ConfigFlags flags;
  flags.set("ascend.decay", "0.25");
  try {
    flags.resolve();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConfig);
    EXPECT_NE(std::string(error.what()).find("are for fool ascend"), std::string::npos);
  }
  const std::string preset = (resource_folder("configs") / "ascend_l2.json").string();
  const Json config = flags.resolve_over(preset);
  const Json& ascend = config.at("ascend");
  EXPECT_EQ(ascend.at("decay"), 0.25);
  EXPECT_EQ(ascend.at("iterations"), 1500);
  EXPECT_EQ(config.at("evaluate").at("block"), 4);  // not the dataset's 50
}

TEST(ConfigFlags, SetNeedsAnEqualsSign) { EXPECT_THROW(layer_of({"--set", "seed"}), Error); }

}  // namespace
}  // namespace fool
