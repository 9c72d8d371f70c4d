#include "app/ascent_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/image_log.h"
#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

constexpr ImageShape kShape{8, 9, 3};

AscentRecord record(int class_index, int start, int to_99, int to_9999, float confidence) {
  AscentRecord r;
  r.task = {class_index, start};
  r.iterations = 50;
  r.complete = true;
  r.confidence = confidence;
  r.best_at = {49, 12.5, 3.25};
  r.best = ImageBatch(1, kShape);
  r.best.bytes()[0] = static_cast<std::uint8_t>(10 * class_index + start);
  r.milestones[2].iteration = to_99;
  r.milestones[4].iteration = to_9999;
  return r;
}

TEST(AscentSummary, CountsAndTakesMedians) {
  const AscentRecord a = record(0, 0, 10, 40, 0.99995F);
  const AscentRecord b = record(1, 0, 20, -1, 0.999F);
  AscentRecord c = record(2, 0, -1, -1, 0.5F);
  c.trouble = GradientTrouble::kDead;
  const AscentSummary summary = summarise({&a, &b, &c});
  EXPECT_EQ(summary.images, 3);
  EXPECT_EQ(summary.over_99, 2);
  EXPECT_EQ(summary.over_9999, 1);
  EXPECT_EQ(summary.median_to_99, 20);
  EXPECT_EQ(summary.median_to_9999, std::nullopt);  // two of three never got there
  EXPECT_FLOAT_EQ(static_cast<float>(summary.median_confidence.value()), 0.999F);
  EXPECT_EQ(summary.troubles.at(GradientTrouble::kDead), 1);
  EXPECT_EQ(summarise({}).images, 0);
  EXPECT_EQ(summarise({}).median_to_99, std::nullopt);
  EXPECT_EQ(summarise({}).median_confidence, std::nullopt);
}

TEST(AscentFolder, HoldsTableImagesAndSheets) {
  const ScratchFolder scratch;
  ModelSpec model = fakes::fake_model(3, kShape);
  model.labels = {"ant", "bee, wild", "cat"};
  AscentFolder folder(scratch.path(), {"none", "l2"},
                      std::vector<Json>{Json{{"decay", 0}}, Json{{"decay", 0.01}}},
                      {{1, 0}, {1, 1}, {2, 0}}, model, Json{{"model", "fake"}});
  folder.begin();
  EXPECT_THAT(read_file(scratch / "results.csv"), HasSubstr("setting,class,label,start"));
  folder.add(1, {record(1, 0, 1, 2, 0.25F)});
  std::vector<AscentRecord> others;
  others.push_back(record(2, 0, 1, 2, 0.5F));
  others.push_back(record(1, 1, -1, -1, 0.75F));
  folder.add(0, std::move(others));
  folder.write_sheets();

  // In the tasks' order, whatever came first.
  const std::vector<LoggedImage> log = read_image_log(scratch.path());
  ASSERT_EQ(log.size(), 3U);
  EXPECT_EQ(log[0].file, "0001_bee_wild-none-start1.png");
  EXPECT_EQ(log[0].confidence, 0.75F);
  EXPECT_EQ(log[1].file, "0002_cat-none-start0.png");
  EXPECT_EQ(log[2].file, "0001_bee_wild-l2-start0.png");
  EXPECT_EQ(image_names(scratch.path()).size(), 3U);
  EXPECT_THAT(read_file(scratch / "results.csv"),
              HasSubstr("l2,1,\"bee, wild\",0,50,yes,0.25,49,12.500,3.250"));

  const Png png = read_png(scratch / "images/0001_bee_wild-l2-start0.png");
  EXPECT_EQ(png.image.bytes()[0], 10);
  const ImageClaim claim = to_image_claim(png.text, "x");
  EXPECT_EQ(claim.class_index, 1);
  EXPECT_EQ(claim.confidence, 0.25F);
  EXPECT_EQ(claim.scoring.value(), (Json{{"model", "fake"}}));
  EXPECT_EQ(png.text.at("setting"), "l2");
  EXPECT_EQ(png.text.at("ascend"), "{\"decay\":0.01}");
  EXPECT_EQ(png.text.at("iteration"), "49");
  EXPECT_EQ(png.text.at("start"), "0");

  EXPECT_GT(read_png(scratch / "contact_sheet_none.png").image.shape().width,
            read_png(scratch / "contact_sheet_l2.png").image.shape().width);
  EXPECT_EQ(folder.records(0).size(), 2U);
  EXPECT_EQ(folder.records(0)[0]->task.start, 1);
}

TEST(AscentFolder, AnInterruptedSettingHasNoSheet) {
  const ScratchFolder scratch;
  AscentFolder folder(scratch.path(), {"none"}, std::vector<Json>(1, Json::object()), {{0, 0}},
                      fakes::fake_model(3, kShape), Json::object());
  folder.begin();
  folder.write_sheets();
  EXPECT_FALSE(std::filesystem::exists(scratch / "contact_sheet_none.png"));
  EXPECT_TRUE(read_image_log(scratch.path()).empty());
}

TEST(AscentFolder, ResumedItKeepsCompleteBlocks) {
  const ScratchFolder scratch;
  const std::vector<AscentTask> tasks{{0, 0}, {1, 0}, {2, 0}, {0, 1}};
  const std::vector<AscentBlock> blocks = plan_ascent(1, tasks, 2);
  const auto open = [&] {
    return AscentFolder(scratch.path(), {"none"}, std::vector<Json>(1, Json::object()), tasks,
                        fakes::fake_model(3, kShape), Json::object());
  };
  std::string whole;
  {
    AscentFolder folder = open();
    folder.begin();
    EXPECT_EQ(folder.resume(blocks).size(), 2U);
    std::vector<AscentRecord> done;
    done.push_back(record(0, 0, 3, -1, 0.123456789F));
    done.back().trouble = GradientTrouble::kTooSmall;
    done.back().trouble_at = 7;
    done.push_back(record(1, 0, -1, -1, 1));
    folder.add(0, std::move(done));
    whole = read_file(scratch / "results.csv");
    std::vector<AscentRecord> partly;
    partly.push_back(record(2, 0, 3, 4, 0.5F));
    partly.push_back(record(0, 1, 3, 4, 0.5F));
    partly.back().complete = false;
    folder.add(0, std::move(partly));
  }
  AscentFolder folder = open();
  const std::vector<AscentBlock> left = folder.resume(blocks);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].tasks[0].class_index, 2);
  EXPECT_EQ(read_file(scratch / "results.csv"), whole);
  EXPECT_EQ(folder.records(0)[0]->trouble, GradientTrouble::kTooSmall);
  EXPECT_EQ(folder.records(0)[0]->milestones[2].iteration, 3);
  EXPECT_FALSE(folder.records(0)[1]->milestones[2].reached());
}

TEST(AscentFolder, ATableOfAnotherRunIsADataError) {
  const ScratchFolder scratch;
  AscentFolder folder(scratch.path(), {"none"}, std::vector<Json>(1, Json::object()), {{0, 0}},
                      fakes::fake_model(3, kShape), Json::object());
  folder.begin();
  folder.add(0, [] {
    std::vector<AscentRecord> one;
    one.push_back(record(0, 0, 1, 2, 0.5F));
    return one;
  }());
  const std::string table = read_file(scratch / "results.csv");
  const auto resume = [&](const std::string& from, const std::string& to) {
    std::string changed = table;
    changed.replace(changed.find(from), from.size(), to);
    write_file(scratch / "results.csv", changed);
    return error_message(ErrorKind::kData, [&] { folder.resume({}); });
  };
  EXPECT_THAT(resume("none,0,", "l2,0,"), HasSubstr("row 1 is not of this run: setting l2"));
  EXPECT_THAT(resume("none,0,", "none,2,"), HasSubstr("class 2"));
  EXPECT_THAT(resume(",0.5,", ",half,"), HasSubstr("confidence: expected a number"));
  EXPECT_THAT(resume("confidence,", "certainty,"), HasSubstr("has no column \"confidence\""));
}

}  // namespace
}  // namespace fool
