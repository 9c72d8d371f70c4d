#include "app/saved_images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

void write_image(const std::filesystem::path& path, int class_index, float confidence,
                 PngText more = {}) {
  PngText text = to_text(
      ImageClaim{class_index, "label " + std::to_string(class_index), confidence, std::nullopt});
  text.insert(more.begin(), more.end());
  write_png(path, ImageBatch(1, {2, 2, 1})[0], text);
}

TEST(SavedImages, OfARunAreThoseOfItsTableInItsOrder) {
  const ScratchFolder scratch;
  std::filesystem::create_directories(scratch / "images");
  write_image(scratch / "images" / "b.png", 1, 0.5F);
  write_image(scratch / "images" / "a.png", 7, 0.25F);
  write_image(scratch / "images" / "stray.png", 3, 0.5F);
  write_file(scratch / "classes.csv",
             "class,confidence,image\n1,0.5,images/b.png\n7,0.25,images/a.png\n");
  const std::vector<SavedImage> images = saved_images(scratch.path());
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].class_index, 1);
  EXPECT_EQ(images[1].class_index, 7);
  EXPECT_EQ(images[1].label, "label 7");
  EXPECT_EQ(images[1].confidence, 0.25F);
  EXPECT_EQ(classes_of(images), (std::vector<int>{1, 7}));
}

TEST(SavedImages, OfAnyFolderAreItsPngs) {
  const ScratchFolder scratch;
  write_image(scratch / "b.png", 1, 0.5F);
  write_image(scratch / "a.png", 2, 0.5F);
  write_file(scratch / "notes.txt", "no picture");
  const std::vector<SavedImage> images = saved_images(scratch.path());
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[0].file.filename(), "a.png");
  EXPECT_EQ(saved_images(scratch / "b.png").at(0).class_index, 1);
}

TEST(SavedImages, OfAnAscentSayTheirSeries) {
  const ScratchFolder scratch;
  write_image(scratch / "a.png", 1, 0.5F, {{"setting", "l2"}, {"start", "3"}});
  EXPECT_EQ(saved_images(scratch.path()).at(0).series, "l2, start 3");
}

TEST(SavedImages, WhatIsNotThereIsAnError) {
  const ScratchFolder scratch;
  EXPECT_THAT(error_message(ErrorKind::kIo, [&] { saved_images(scratch / "none"); }),
              HasSubstr("found nothing"));
  EXPECT_THAT(error_message(ErrorKind::kIo, [&] { saved_images(scratch.path()); }),
              HasSubstr("found no images"));
  write_png(scratch / "plain.png", ImageBatch(1, {2, 2, 1})[0]);
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { saved_images(scratch.path()); }),
              HasSubstr("it has no text"));
}

}  // namespace
}  // namespace fool
