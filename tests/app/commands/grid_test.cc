#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "fakes/scratch_folder.h"
#include "fool/report/png.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

// Two runs of 25 classes.
class GridCommandTest : public ::testing::Test {
 protected:
  GridCommandTest() {
    const std::string card = write_fake_card(scratch_.path(), fake_card(25, 8));
    for (const char* seed : {"1", "2"}) {
      const InProcess result =
          run_program({"evolve", "--model", card, "--out", path(std::string("run") + seed),
                       "--generations", "3", "--batch-size", "10", "--init-size", "10", "--seed",
                       seed, "--progress", "off", "--set", "report.console.summary=off"});
      EXPECT_EQ(result.code, 0) << result.err;
    }
  }

  std::string path(const std::string& name) const { return (scratch_ / name).string(); }

  ImageShape draw(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"grid", path("run1"), path("run2")});
    arguments.insert(arguments.end(), {"--out", path("grid.png"), "--force", "--tile", "16"});
    const InProcess result = run_program(arguments);
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_EQ(result.out, path("grid.png") + "\n");
    return read_png(path("grid.png")).image.shape();
  }

  ScratchFolder scratch_;
};

TEST_F(GridCommandTest, HasAColumnForEachClassAndARowForEachRun) {
  const ImageShape three = draw({"--classes", "3,7-8"});
  const ImageShape five = draw({"--classes", "3,7-10"});
  EXPECT_EQ(five.width - three.width, 2 * (16 + 8));
  EXPECT_EQ(five.height, three.height);
  const ImageShape again = draw({path("run1"), "--classes", "3,7-8", "--names", "a,b,c"});
  EXPECT_EQ(again.height - three.height, 16 + 15 + 8);
}

TEST_F(GridCommandTest, OfManyClassesTheSurestAreShown) {
  EXPECT_EQ(draw({}).width, draw({"--top", "10"}).width);
  EXPECT_LT(draw({"--top", "4"}).width, draw({"--top", "10"}).width);
}

TEST_F(GridCommandTest, DrawsEarlierGenerationsFromTheLineage) {
  const ImageShape shape = draw({"--classes", "0-4", "--generations=-1,0,3"});
  EXPECT_EQ(shape.height - draw({"--classes", "0-4"}).height, 4 * (16 + 15 + 8));
}

TEST_F(GridCommandTest, WrapsAGallery) {
  const ImageShape shape = draw({"--wrap", "5"});
  EXPECT_EQ(shape.height, 2 * 16 + 10 * (16 + 15 + 8) - 8);
}

TEST_F(GridCommandTest, MistakesAreToldBeforeAnythingIsDrawn) {
  const auto error = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "grid");
    const InProcess result = run_program(arguments);
    EXPECT_NE(result.code, 0);
    return result.err;
  };
  const std::string run = path("run1");
  EXPECT_THAT(error({run}), HasSubstr("--out"));
  EXPECT_THAT(error({run, "--out", "a.jpg"}), HasSubstr("ends in .png"));
  EXPECT_THAT(error({run, "--out", path("a.png"), "--names", "x,y"}),
              HasSubstr("expected a name for each of 1 rows, found 2"));
  EXPECT_THAT(error({run, "--out", path("a.png"), "--classes", "3-99"}),
              HasSubstr("there is no class 99"));
  EXPECT_THAT(error({path("none"), "--out", path("a.png")}), HasSubstr("found nothing"));
}

}  // namespace
}  // namespace fool
