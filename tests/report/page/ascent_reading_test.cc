#include "report/page/ascent_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fool/core/files.h"
#include "fool/report/image_record.h"
#include "fool/report/page.h"
#include "fool/report/png.h"
#include "report/page/run_pictures.h"
#include "report/support.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Two settings, class 2 with two starts, as `fool ascend` writes them.
class Ascent : public ::testing::Test {
 protected:
  Ascent() {
    RunRecord record;
    record.command = {"ascend"};
    record.model = "none";
    record.config = {
        {"seed", 1},
        {"ascend", {{"settings", {{"none", {{"decay", 0}}}, {"l2", {{"decay", 1}}}}}}}};
    record.fingerprint = {{"block", 50}};
    record.ended = true;
    std::filesystem::create_directories(folder_ / "run/images");
    RunFolder::create(folder_ / "run").write_record(record);
  }

  static constexpr const char* kColumns =
      "setting,class,label,start,iterations,complete,confidence,iteration,norm,distance,"
      "iteration_to_majority,iteration_to_90,iteration_to_99,iteration_to_999,iteration_to_9999,"
      "gradient,image\n";

  void write_table(const std::string& rows) const {
    write_file(folder_ / "run/results.csv", kColumns + rows);
  }
  void write_image(const std::string& name, int k, float confidence) const {
    const ImageBatch image(1, {4, 4, 1});
    write_png(folder_ / "run/images" / name, image[0],
              to_text(ImageClaim{k, "x", confidence, std::nullopt}));
  }

  TemporaryFolder folder_;
};

TEST_F(Ascent, EachSettingIsARunWithTheBestOfItsStarts) {
  write_table(
      "none,2,two,0,60,yes,0.5,59,10.5,9.5,1,,,,,,images/a.png\n"
      "none,2,two,1,60,yes,0.75,40,11,9,3,20,,,,certain,images/b.png\n"
      "l2,0,zero,0,60,no,0.25,7,1,2,,,,,,,images/c.png\n");
  const std::vector<RunReading> runs = read_runs(folder_ / "run");
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].name(), "run: none");
  EXPECT_EQ(runs[1].name(), "run: l2");
  EXPECT_EQ(runs[0].record.config["ascend"]["settings"], (Json{{"none", {{"decay", 0}}}}));
  EXPECT_EQ(state_of(runs[0]), "complete");
  ASSERT_EQ(runs[0].classes.size(), 3U);
  EXPECT_FALSE(runs[0].classes[0].champion);
  EXPECT_EQ(runs[0].classes[2].label, "two");
  const LoggedChampion& best = *runs[0].classes[2].champion;
  EXPECT_EQ(best.confidence, 0.75F);
  EXPECT_EQ(best.image, "b.png");
  EXPECT_EQ(best.facts["iteration_to_90"], 20.0);
  EXPECT_FALSE(best.facts.contains("iteration_to_99"));
  EXPECT_EQ(best.facts["start"], 1);
  EXPECT_THAT(runs[0].notes, ElementsAre(HasSubstr("the surest image is shown: 1 of 2")));
  EXPECT_THAT(runs[1].notes, IsEmpty());
  EXPECT_EQ(runs[1].classes[0].champion->facts["complete"], false);
}

TEST_F(Ascent, ItsImagesAreShown) {
  write_table(
      "none,2,two,0,60,yes,0.5,59,10.5,9.5,1,,,,,,images/a.png\n"
      "none,3,three,0,60,yes,0.5,59,10.5,9.5,1,,,,,,images/b.png\n");
  write_image("a.png", 2, 0.5F);
  write_image("b.png", 3, 0.25F);  // of another ascent
  const RunPictures pictures = read_pictures(read_runs(folder_ / "run").front(), {});
  EXPECT_NE(pictures.champions.at(0).png, "");
  EXPECT_EQ(pictures.champions.at(1).png, "");
  EXPECT_THAT(pictures.notes, ElementsAre(HasSubstr("1 images are of earlier champions"),
                                          HasSubstr("1 champions have no picture")));
  PageOptions options;
  options.sources = std::filesystem::path(FOOL_SOURCE_DIR) / "configs" / "page";
  EXPECT_EQ(write_page({folder_ / "run"}, options, folder_ / "page.html").images, 1);
}

TEST_F(Ascent, OneThatHasJustBegunIsShownAsSuch) {
  write_table("");
  const std::vector<RunReading> runs = read_runs(folder_ / "run");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_THAT(runs[0].notes, ElementsAre("No ascent has ended yet."));
}

TEST_F(Ascent, ADamagedTableIsRefused) {
  expect_error(ErrorKind::kIo, "results.csv", [&] { read_runs(folder_ / "run"); });
  write_table("none,x,two,0,60,yes,0.5,59,10.5,9.5,1,,,,,,images/a.png\n");
  expect_error(ErrorKind::kData, "class: expected a number", [&] { read_runs(folder_ / "run"); });
  write_table("none,-5,two,0,60,yes,0.5,59,10.5,9.5,1,,,,,,images/a.png\n");
  expect_error(ErrorKind::kData, "there is no class -5", [&] { read_runs(folder_ / "run"); });
}

}  // namespace
}  // namespace fool
