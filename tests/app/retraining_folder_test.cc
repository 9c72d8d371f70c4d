#include "app/retraining_folder.h"

#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/error.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using testing::HasSubstr;

// Two runs of three classes.
RoundResult result_of(int round, float confidence) {
  RoundResult result;
  result.round = round;
  result.train_images = 100 + 10 * (round - 1);
  result.fooling_images = 10 * (round - 1);
  result.test_images = 8;
  result.test_correct_n = 6;
  result.test_correct_n1 = 5;
  if (round > 1) result.previous_images = 4;
  if (round > 1) result.caught = 3;
  result.confidences = {{confidence, 0.99F, 1.0F}, {0.5F, confidence, 0.25F}};
  return result;
}

TEST(RetrainingFolder, ARowHoldsWhatTheRoundsShow) {
  const RoundResult first = result_of(1, 0.75F);
  const RoundResult second = result_of(2, 0.125F);
  const Json row = round_row(second, &first);
  EXPECT_EQ(row.at("train_images"), 110);
  EXPECT_EQ(row.at("fooling_images"), 10);
  EXPECT_EQ(row.at("test_accuracy_n"), 0.75);
  EXPECT_EQ(row.at("test_accuracy_n1"), 0.625);
  EXPECT_EQ(row.at("caught_share"), 0.75);
  EXPECT_EQ(row.at("runs"), 2);
  EXPECT_EQ(row.at("median_confidence"), 0.375);
  EXPECT_EQ(row.at("classes_99"), 1.0);  // two in two runs
  EXPECT_EQ(row.at("classes_9999"), 0.5);
  // Of 6 x 6 pairs, those in which the second round's is larger, equal ones for a half.
  EXPECT_EQ(row.at("mann_whitney_u"), 0 + 4.5 + 5.5 + 1.5 + 0 + 0.5);
  EXPECT_GT(row.at("mann_whitney_p"), 0.05);

  const Json alone = round_row(first, nullptr);
  EXPECT_TRUE(alone.at("caught_share").is_null());
  EXPECT_TRUE(alone.at("mann_whitney_p").is_null());
}

TEST(RetrainingFolder, WritesTidyTables) {
  const ScratchFolder scratch;
  const RetrainingFolder folder(scratch.path());
  folder.write_tables({result_of(1, 0.75F), result_of(2, 0.125F)});
  const std::string rounds = read_file(scratch / "rounds.csv");
  EXPECT_THAT(rounds, testing::StartsWith(
                          "round,train_images,fooling_images,test_accuracy_n,test_accuracy_n1,"
                          "caught_share,runs,median_confidence,classes_99,classes_9999,"
                          "mann_whitney_u,mann_whitney_p,effect\n"
                          "1,100,0,0.75,0.625,,2,0.75,1.0,0.5,,,\n"
                          "2,110,10,0.75,0.625,0.75,2,0.375,1.0,0.5,"));
  const std::string confidences = read_file(scratch / "confidences.csv");
  EXPECT_THAT(confidences, testing::StartsWith("round,run,class,confidence\n1,0,0,0.75\n"));
  EXPECT_THAT(confidences, testing::EndsWith("2,1,1,0.125\n2,1,2,0.25\n"));
}

TEST(RetrainingFolder, ARoundIsTheSameWhenReadAgain) {
  const ScratchFolder scratch;
  const RetrainingFolder folder(scratch.path());
  EXPECT_FALSE(folder.read_round(2).has_value());
  RoundResult written = result_of(2, 0.1F);
  folder.write_round(written);
  const RoundResult read = folder.read_round(2).value();
  EXPECT_EQ(read.confidences, written.confidences);
  EXPECT_EQ(round_row(read, nullptr), round_row(written, nullptr));
}

TEST(RetrainingFolder, DamageIsNamed) {
  const ScratchFolder scratch;
  const RetrainingFolder folder(scratch.path());
  folder.write_round(result_of(1, 0.5F));
  for (const char* text : {"{", "{\"round\": 1}"}) {
    write_file(scratch / "round_01" / "round.json", text);
    EXPECT_THAT(error_message(ErrorKind::kData, [&] { folder.read_round(1); }),
                HasSubstr("round.json is damaged"));
  }
}

TEST(RetrainingFolder, ARunIsThereOnceItIsWritten) {
  const ScratchFolder scratch;
  const RetrainingFolder folder(scratch.path());
  EXPECT_FALSE(folder.read_run(3, 7).has_value());
  FoolingImages images;
  images.images = ImageBatch(1, {2, 2, 1});
  images.origins.push_back({7, 5, true, 0.5F});
  folder.write_run(3, 7, images, 12);
  EXPECT_TRUE(folder.has_run(3, 7));
  EXPECT_TRUE(std::filesystem::exists(scratch / "round_03/runs/run_007.safetensors"));
  EXPECT_EQ(folder.read_run(3, 7).value().origins.at(0).class_index, 5);
}

}  // namespace
}  // namespace fool
