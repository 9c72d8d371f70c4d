// With the bundled network for MNIST; Ctrl-C is in tests/e2e.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/scratch_folder.h"
#include "fool/data/csv.h"
#include "fool/report/png.h"
#include "fool/report/run_folder.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

class AscendCommand : public ::testing::Test {
 protected:
  InProcess ascend(const std::string& out, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"ascend",  "--dataset",  "mnist", "--out",
                                       path(out), "--progress", "off"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

  std::string path(const std::string& name) const { return (scratch_ / name).string(); }
  std::string text(const std::string& name) const { return read_file(scratch_ / name); }

  const ScratchFolder scratch_;
};

// What the paper reports of gradient ascent on ImageNet, for the ten digits.
TEST_F(AscendCommand, ReachesNearCertaintyForTheTenDigitsAndVerifyConfirmsIt) {
  const InProcess result = ascend("run", {"--setting", "none", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json none = Json::parse(result.out).at("settings").at("none");
  EXPECT_EQ(none.at("images"), 10);
  EXPECT_EQ(none.at("over_9999"), 10);

  const InProcess verified = run_program({"verify", path("run"), "--json", "--progress", "off"});
  ASSERT_EQ(verified.code, 0) << verified.err << verified.out;
  const Json json = Json::parse(verified.out);
  ASSERT_EQ(json.at("images").size(), 10U);
  for (const Json& image : json.at("images")) {
    EXPECT_GE(image.at("scored"), 0.9999) << image;
    EXPECT_EQ(image.at("first_choice"), true);
  }

  // One image by itself, elsewhere.
  std::filesystem::copy_file(scratch_ / "run/images/0003_3-none-start0.png",
                             scratch_ / "three.png");
  const InProcess alone = run_program({"verify", path("three.png"), "--json", "--progress", "off"});
  EXPECT_EQ(alone.code, 0) << alone.err;
  EXPECT_EQ(Json::parse(alone.out).at("images").at(0).at("class"), 3);
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "run/contact_sheet_none.png"));
}

TEST_F(AscendCommand, SettingsClassesAndStartsAreOneTable) {
  const InProcess result = ascend("run", {"--setting", "none,l2,blur,clip,modern", "--classes",
                                          "2,7-8", "--starts", "2", "--iterations", "4"});
  ASSERT_EQ(result.code, 0) << result.err;
  for (const char* name : {"none", "l2", "blur", "clip", "modern"}) {
    EXPECT_THAT(result.out, HasSubstr(name));
  }
  const CsvTable table(text("run/results.csv"), "results.csv");
  ASSERT_EQ(table.size(), 5U * 3U * 2U);
  EXPECT_EQ(table.at(0, table.column("setting")), "none");
  EXPECT_EQ(table.at(29, table.column("setting")), "modern");
  EXPECT_EQ(table.integer_at(29, table.column("class")), 8);
  EXPECT_EQ(table.integer_at(29, table.column("start")), 1);
  EXPECT_EQ(table.integer_at(0, table.column("iterations")), 4);
  EXPECT_EQ(run_program({"verify", path("run"), "--progress", "off"}).code, 0);

  const RunRecord record = read_run_record(scratch_ / "run");
  EXPECT_TRUE(record.ended);
  EXPECT_EQ(record.config.at("ascend").at("classes"), (Json{2, 7, 8}));
  EXPECT_EQ(record.config.at("ascend").at("settings").at("l2").at("decay"), 0.01);
  EXPECT_FALSE(record.config.contains("encoding"));
}

TEST_F(AscendCommand, WorkersChangeNothingAndSeedsDo) {
  const std::vector<std::string> base{"--iterations", "12", "--block", "3", "--setting", "l2"};
  const auto run = [&](const std::string& out, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = base;
    arguments.insert(arguments.end(), more.begin(), more.end());
    const InProcess result = ascend(out, arguments);
    ASSERT_EQ(result.code, 0) << result.err;
  };
  run("one", {"--workers", "1"});
  run("three", {"--workers", "3"});
  run("other", {"--seed", "2"});
  EXPECT_EQ(text("one/results.csv"), text("three/results.csv"));
  EXPECT_NE(text("one/results.csv"), text("other/results.csv"));
  for (const char* image : {"0000_0-l2-start0.png", "0009_9-l2-start0.png"}) {
    EXPECT_EQ(text(std::string("one/images/") + image), text(std::string("three/images/") + image));
  }
}

TEST_F(AscendCommand, AnImageCanBeTheStart) {
  ASSERT_EQ(ascend("run", {"--iterations", "40", "--classes", "3"}).code, 0);
  const std::string three = path("run/images/0003_3-none-start0.png");
  const InProcess result =
      ascend("again", {"--start", three, "--iterations", "1", "--classes", "3"});
  ASSERT_EQ(result.code, 0) << result.err;
  const ImageBatch first = read_png(three).image;
  const ImageBatch second = read_png(scratch_ / "again/images/0003_3-none-start0.png").image;
  EXPECT_TRUE(std::equal(first.bytes().begin(), first.bytes().end(), second.bytes().begin()));
}

TEST_F(AscendCommand, AHopelessStartIsExplained) {
  ImageBatch white(1, {28, 28, 1});
  std::fill(white.bytes().begin(), white.bytes().end(), std::uint8_t{255});
  write_png(scratch_ / "white.png", white[0]);
  const InProcess result = ascend(
      "run", {"--start", path("white.png"), "--iterations", "3", "--set", "ascend.max_step=1e-20"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("the gradient is"));
  EXPECT_THAT(result.err, HasSubstr("--objective log_probability"));
}

TEST_F(AscendCommand, WrongInputHasItsExitCodeAndWritesNothing) {
  const std::string fake = write_fake_card(scratch_.path(), fake_card());
  const struct {
    std::vector<std::string> arguments;
    int code;
    std::string message;
  } cases[] = {
      {{"--classes", "10"}, 2, "--classes: there is no class 10; lenet-mnist has 0 to 9"},
      {{"--classes", "two"}, 2, "--classes: expected all, published, or numbers"},
      {{"--starts", "0"}, 2, "--starts: expected 1 or more, found 0"},
      {{"--setting", "nine"}, 2, "--setting: there is no setting \"nine\", did you mean \"none\"?"},
      {{"--start", "gray"}, 2, "--start: there is no file \"gray\", did you mean \"grey\"?"},
      {{"--start", "grey", "--starts", "2"},
       2,
       "all 2 starts of the setting none would be the same"},
      {{"--objective", "loss"}, 3, "ascend.objective: there is no choice \"loss\""},
      {{"--iterations", "0"}, 3, "ascend.iterations: expected 1..1000000, found 0"},
      {{"--set", "ascend.decai=1"}, 3, "did you mean \"decay\"?"},
      {{"--set", "ascend.start=image"}, 3, "ascend.start_image: expected a picture's file"},
      {{"--model", fake}, 2, "fake: what runs this network gives no gradients"},
      {{"--model", "nonesuch"}, 4, "nonesuch"},
      {{"--setting", "missing.json"}, 6, "missing.json"},
  };
  for (const auto& c : cases) {
    const InProcess result = ascend("none", c.arguments);
    EXPECT_EQ(result.code, c.code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(c.message));
    EXPECT_FALSE(std::filesystem::exists(scratch_ / "none/images")) << c.message;
  }
}

TEST_F(AscendCommand, ItsRunIsNoEvolution) {
  ASSERT_EQ(ascend("run", {"--iterations", "1", "--classes", "0"}).code, 0);
  const InProcess resumed = run_program({"evolve", "--resume", path("run")});
  EXPECT_EQ(resumed.code, 2);
  EXPECT_THAT(resumed.err, HasSubstr("was made by fool ascend"));
  EXPECT_EQ(ascend("run").code, 6);
  // Nothing is left to do.
  const std::string table = text("run/results.csv");
  EXPECT_EQ(run_program({"ascend", "--resume", path("run"), "--progress", "off"}).code, 0);
  EXPECT_EQ(text("run/results.csv"), table);
  const InProcess evolved = run_program({"evolve", "--set", "ascend.decay=0.1", "--dry-run"});
  EXPECT_EQ(evolved.code, 3);
  EXPECT_THAT(evolved.err, HasSubstr("are for fool ascend"));
}

}  // namespace
}  // namespace fool
