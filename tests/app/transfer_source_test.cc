#include "app/transfer_source.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "fool/report/run_folder.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

constexpr ImageShape kShape{4, 5, 3};

class TransferSourceTest : public ::testing::Test {
 protected:
  // A run of two images, of classes 3 and 7.
  void write_run(bool ended, const Json& classifier = Json::object()) const {
    RunRecord record;
    record.model = "lenet";
    record.weights_sha256 = "abc";
    record.fingerprint = {{"classifier", classifier}};
    record.config = {{"model", "no-such-network"}};
    record.ended = ended;
    {
      const RunFolder run = RunFolder::create(folder_ / "run");
      run.write_record(record);
    }
    std::filesystem::create_directories(folder_ / "run" / "images");
    for (const int k : {3, 7}) {
      ImageBatch image(1, kShape);
      image.bytes()[0] = static_cast<std::uint8_t>(k);
      const Json scoring{{"model", "lenet"}};
      write_png(folder_ / "run" / "images" / ("000" + std::to_string(k) + ".png"), image[0],
                to_text(ImageClaim{k, "x", 0.25F * static_cast<float>(k) / 7, scoring}));
    }
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  ScratchFolder folder_;
};

TEST_F(TransferSourceTest, ARunThatHasEndedSaysWhatItLogged) {
  write_run(true);
  write_file(folder_ / "run" / "classes.csv",
             "class,confidence,image\n3,0.5,images/0003.png\n7,0.75,images/0007.png\n");
  const TransferSource source = open_transfer_source(path("run"));
  EXPECT_EQ(source.name, path("run"));
  EXPECT_EQ(source.model, "lenet");
  EXPECT_EQ(source.weights_sha256, "abc");
  EXPECT_EQ(source.model_setting, "no-such-network");
  EXPECT_EQ(source.classes, 0);  // that network is not at hand
  EXPECT_FALSE(source.crops.has_value());
  ASSERT_EQ(source.images, 2);
  const TransferImage image = source.read(1);
  EXPECT_EQ(image.target_class, 7);
  EXPECT_EQ(image.confidence, 0.75F);
  EXPECT_EQ(image.path, path("run/images/0007.png"));
  EXPECT_EQ(image.image.shape(), kShape);
  EXPECT_EQ(image.image.bytes()[0], 7);
}

TEST_F(TransferSourceTest, OfAnInterruptedRunTheImagesSpeak) {
  write_run(false);
  const TransferSource source = open_transfer_source(path("run"));
  ASSERT_EQ(source.images, 2);
  EXPECT_EQ(source.read(0).target_class, 3);
  EXPECT_EQ(source.read(1).confidence, 0.25F);
}

TEST_F(TransferSourceTest, CropsAreTakenFromTheRunsFingerprint) {
  write_run(false, {{"canvas", 256}, {"crops", 10}});
  EXPECT_EQ(*open_transfer_source(path("run")).crops, (Json{{"size", 256}, {"crops", 10}}));
}

TEST_F(TransferSourceTest, SubFoldersAreClasses) {
  for (const char* name : {"cat/a.png", "dog/b.png", "dog/c.png"}) {
    const std::filesystem::path file = folder_ / "pictures" / name;
    std::filesystem::create_directories(file.parent_path());
    write_png(file, ImageBatch(1, kShape)[0]);
  }
  const TransferSource source = open_transfer_source(path("pictures"));
  EXPECT_EQ(source.model, "");
  ASSERT_EQ(source.images, 3);
  const TransferImage image = source.read(2);
  EXPECT_EQ(image.target_class, 1);
  EXPECT_FALSE(image.confidence.has_value());
  EXPECT_EQ(image.path, path("pictures/dog/c.png"));
}

TEST_F(TransferSourceTest, ATableMayLogConfidences) {
  write_png(folder_ / "a.png", ImageBatch(1, kShape)[0]);
  write_png(folder_ / "b.png", ImageBatch(1, kShape)[0]);
  write_file(folder_ / "labels.csv", "file,class_index,confidence\na.png,4,0.125\nb.png,-1,\n");
  const TransferSource source = open_transfer_source(folder_.path().string());
  EXPECT_EQ(source.read(0).target_class, 4);
  EXPECT_EQ(source.read(0).confidence, 0.125F);
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { source.read(1); }),
              HasSubstr("b.png: its class is not known"));
  write_file(folder_ / "labels.csv", "file,class_index,confidence\na.png,4,1.5\n");
  EXPECT_THAT(
      error_message(ErrorKind::kData, [&] { open_transfer_source(folder_.path().string()); }),
      HasSubstr("labels.csv: expected a confidence from 0 to 1, found \"1.5\""));
}

TEST_F(TransferSourceTest, SaysWhatIsMissing) {
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { open_transfer_source(path("none")); }),
              HasSubstr("none: there is no such folder; expected a run of fool evolve"));
  write_png(folder_ / "a.png", ImageBatch(1, kShape)[0]);
  EXPECT_THAT(
      error_message(ErrorKind::kData, [&] { open_transfer_source(folder_.path().string()); }),
      HasSubstr("nothing says of which classes the pictures are"));
  write_run(true);
  write_file(folder_ / "run" / "classes.csv", "class,confidence,image\n3,,\n");
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { open_transfer_source(path("run")); }),
              HasSubstr("run: no images; expected images/*.png"));
}

}  // namespace
}  // namespace fool
