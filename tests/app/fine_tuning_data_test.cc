#include "app/fine_tuning_data.h"

#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fakes/scratch_folder.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/report/png.h"
#include "train/bar_dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

constexpr ImageShape kShape = {28, 28, 3};

class FineTuningDataTest : public testing::Test {
 protected:
  // A picture all of one level.
  std::filesystem::path put_picture(const std::string& name, int level, ImageShape shape = kShape) {
    const std::filesystem::path path = scratch_ / name;
    std::filesystem::create_directories(path.parent_path());
    ImageBatch image(1, shape);
    std::fill_n(image[0].data, shape.size(), static_cast<std::uint8_t>(level));
    write_png(path, image[0]);
    return path;
  }

  FineTuningData read(const Dataset& photos, double held_out, std::uint64_t seed = 1) {
    return read_fine_tuning_data(spec_, photos, fooling_files((scratch_ / "run").string()),
                                 PhotoRule::whole_photo_resized(), held_out, seed, pool_);
  }

  const ScratchFolder scratch_;
  const ModelSpec spec_ = fakes::fake_model(10, kShape);
  WorkerPool pool_{2};
};

TEST_F(FineTuningDataTest, HoldsOutAShareOfEachKind) {
  for (int i = 0; i < 10; ++i) put_picture("run/images/" + std::to_string(i) + ".png", 10 * i);
  const FineTuningData data = read(BarDataset(30, 1, kShape), 0.2);
  EXPECT_EQ(data.train_photos, 24);
  EXPECT_EQ(data.train_fooling(), 8);
  EXPECT_EQ(data.photos.images.count(), 6);
  EXPECT_EQ(data.fooling.images.count(), 2);
  EXPECT_EQ(data.train.labels.at(24), 10);
  EXPECT_EQ(data.fooling.labels.at(0), 10);
  EXPECT_LT(data.train.labels.at(23), 10);
  // Nothing is in both parts.
  for (int i = 0; i < 2; ++i) {
    for (int j = 24; j < 32; ++j) {
      EXPECT_NE(data.fooling.images[i].data[0], data.train.images[j].data[0]);
    }
  }
  EXPECT_EQ(read(BarDataset(30, 1, kShape), 0.01).fooling.images.count(), 1);
  EXPECT_NE(read(BarDataset(30, 1, kShape), 0.2, 2).photos.labels, data.photos.labels);
}

// A run that draws larger images than the network takes scores their centre.
TEST_F(FineTuningDataTest, FoolingImagesAreWhatTheNetworkSaw) {
  ImageBatch large(1, {32, 32, 3});
  large[0].data[(2 * 32 + 2) * 3] = 200;  // the first pixel of the centre
  std::filesystem::create_directories(scratch_ / "run");
  write_png(scratch_ / "run" / "a.png", large[0]);
  write_png(scratch_ / "run" / "b.png", large[0]);
  const FineTuningData data = read(BarDataset(4, 1, kShape), 0.5);
  EXPECT_EQ(data.fooling.images[0].data[0], 200);
}

TEST_F(FineTuningDataTest, FilesAreThoseOfARunOrOfAFolder) {
  put_picture("run/images/b.png", 1);
  put_picture("run/images/a.png", 1);
  put_picture("run/contact_sheet.png", 1);
  put_picture("pictures/deep/x.png", 1);
  write_file(scratch_ / "pictures" / "notes.txt", "no picture");
  const auto run = fooling_files((scratch_ / "run").string());
  ASSERT_EQ(run.size(), 2U);
  EXPECT_EQ(run[0].filename(), "a.png");
  EXPECT_EQ(fooling_files((scratch_ / "pictures").string()).size(), 1U);
  EXPECT_EQ(fooling_files((scratch_ / "pictures/deep/x.png").string()).size(), 1U);
  std::filesystem::create_directories(scratch_ / "empty");
  EXPECT_THAT(
      error_message(ErrorKind::kData, [&] { fooling_files((scratch_ / "empty").string()); }),
      HasSubstr("expected a run's folder or a folder of pictures, found none in"));
  EXPECT_THAT(
      error_message(ErrorKind::kData, [&] { fooling_files((scratch_ / "nowhere").string()); }),
      HasSubstr("cannot be listed"));
}

TEST_F(FineTuningDataTest, TooFewImagesOrOtherLabelsAreNamed) {
  put_picture("run/a.png", 1);
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { read(BarDataset(4, 1, kShape), 0.5); }),
              HasSubstr("expected two fooling images or more, to learn from and to test with"));
  put_picture("run/b.png", 2);
  const ModelSpec few = fakes::fake_model(3, kShape);
  EXPECT_THAT(error_message(ErrorKind::kData,
                            [&] {
                              read_fine_tuning_data(few, BarDataset(8, 1, kShape),
                                                    fooling_files((scratch_ / "run").string()),
                                                    PhotoRule::whole_photo_resized(), 0.5, 1,
                                                    pool_);
                            }),
              HasSubstr("expected a class of fake, 0..2, found"));
}

TEST_F(FineTuningDataTest, ScoresAreSharesOfWhatIsHeldOut) {
  for (int i = 0; i < 4; ++i) put_picture("run/" + std::to_string(i) + ".png", 60 * i);
  const FineTuningData data = read(BarDataset(20, 1, kShape), 0.5);
  const FineTuningScores scores = score_held_out(spec_, 10, data, pool_);
  EXPECT_EQ(scores.accuracy_n, scores.accuracy_n1);  // it knows no fooling class
  EXPECT_EQ(scores.photos_caught, 0.0);
  EXPECT_EQ(scores.fooling_caught, 0.0);
  EXPECT_GT(scores.fooling_median, 0.1);
}

}  // namespace
}  // namespace fool
