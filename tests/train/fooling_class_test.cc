#include "fool/train/fooling_class.h"

#include <gmock/gmock.h>

#include <set>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/error.h"
#include "fool/model/safetensors.h"
#include "train/bar_dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

// So many images, each all of its number.
FoolingImages some(int count, ImageShape shape = {28, 28, 1}) {
  FoolingImages fooling;
  fooling.images = ImageBatch(count, shape);
  for (int i = 0; i < count; ++i) {
    std::fill_n(fooling.images[i].data, shape.size(), static_cast<std::uint8_t>(i));
    fooling.origins.push_back({i / 2, i % 10, i % 2 == 1, 0.25F * static_cast<float>(i % 4)});
  }
  return fooling;
}

TEST(DrawSample, GivesDifferentNumbersInOrder) {
  const std::vector<int> sample = draw_sample(600, 100, 1, 2);
  EXPECT_EQ(std::set<int>(sample.begin(), sample.end()).size(), 100U);
  EXPECT_TRUE(std::is_sorted(sample.begin(), sample.end()));
  EXPECT_GE(sample.front(), 0);
  EXPECT_LT(sample.back(), 600);
  EXPECT_EQ(draw_sample(600, 100, 1, 2), sample);
  EXPECT_NE(draw_sample(600, 100, 1, 3), sample);
  EXPECT_NE(draw_sample(600, 100, 2, 2), sample);
}

TEST(DrawSample, GivesAllIfThereAreNoMore) {
  EXPECT_EQ(draw_sample(3, 3, 1, 1), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(draw_sample(3, 9, 1, 1), (std::vector<int>{0, 1, 2}));
  EXPECT_TRUE(draw_sample(3, 0, 1, 1).empty());
}

// Over many rounds every number comes as often as every other: 2000 times 3 of 10 is 600 for each,
// with a standard deviation of 20.5.
TEST(DrawSample, FavoursNobody) {
  std::vector<int> times(10);
  for (int round = 0; round < 2000; ++round) {
    for (const int i : draw_sample(10, 3, 7, round)) ++times[static_cast<std::size_t>(i)];
  }
  EXPECT_THAT(times, testing::Each(testing::AllOf(testing::Gt(510), testing::Lt(690))));
}

TEST(FoolingImages, AreAppendedAndTaken) {
  FoolingImages all;
  all.append(FoolingImages());
  all.append(some(3));
  all.append(some(5));
  EXPECT_EQ(all.size(), 8);
  const FoolingImages taken = all.take(std::vector<int>{1, 7});
  EXPECT_EQ(taken.size(), 2);
  EXPECT_EQ(taken.images[0].data[0], 1);
  EXPECT_EQ(taken.images[1].data[783], 4);
  EXPECT_EQ(taken.origins[1].class_index, 4);
  EXPECT_THAT(error_message(ErrorKind::kInternal,
                            [&] {
                              all.append(some(1, {8, 8, 1}));
                            }),
              HasSubstr("28x28 and of 8x8 do not go together"));
}

TEST(FoolingImages, AreTheSameWhenReadAgain) {
  const ScratchFolder folder;
  const FoolingImages written = some(7, {3, 4, 3});
  write_fooling_images(folder / "f.safetensors", written, {{"seed", "5"}});
  const FoolingImages read = read_fooling_images(folder / "f.safetensors");
  ASSERT_EQ(read.size(), 7);
  EXPECT_EQ(read.images.shape(), written.images.shape());
  EXPECT_TRUE(std::equal(read.images.bytes().begin(), read.images.bytes().end(),
                         written.images.bytes().begin()));
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(read.origins[i].run, written.origins[i].run);
    EXPECT_EQ(read.origins[i].class_index, written.origins[i].class_index);
    EXPECT_EQ(read.origins[i].last, written.origins[i].last);
    EXPECT_EQ(read.origins[i].confidence, written.origins[i].confidence);
  }
}

TEST(FoolingImages, OtherFilesAreRefused) {
  const ScratchFolder folder;
  const std::string four(4, '\0');
  write_safetensors(folder / "weights.safetensors", {{"w", {DType::kF32, {1}, four}}});
  EXPECT_THAT(
      error_message(ErrorKind::kData, [&] { read_fooling_images(folder / "weights.safetensors"); }),
      HasSubstr("expected fooling images with a tensor \"images\" of type U8 and 4 "
                "dimensions, found none"));
  write_safetensors(folder / "short.safetensors", {{"images", {DType::kU8, {4, 1, 1, 1}, four}},
                                                   {"run", {DType::kI32, {1}, four}}});
  EXPECT_THAT(
      error_message(ErrorKind::kData, [&] { read_fooling_images(folder / "short.safetensors"); }),
      HasSubstr("expected 4 numbers in \"run\", one for each image, found 1"));
}

TEST(EnlargedDataset, HasTheFoolingImagesAsTheClassBehindTheLast) {
  const BarDataset real(20, 1);
  const FoolingImages fooling = some(4);
  const EnlargedDataset all(real, fooling);
  EXPECT_EQ(all.size(), 24);
  EXPECT_EQ(all.classes(), 11);
  EXPECT_EQ(all.at(19).label, 9);
  EXPECT_EQ(all.at(19).name, "bar 19");
  EXPECT_EQ(all.at(21).label, 10);
  EXPECT_EQ(all.at(21).image[0].data[5], 1);
  EXPECT_EQ(all.at(21).name, "fooling image 1");

  const EnlargedDataset few(real, fooling, 5);
  EXPECT_EQ(few.size(), 9);
  EXPECT_EQ(few.at(4).name, "bar 4");
  EXPECT_EQ(few.at(5).label, 10);
  EXPECT_EQ(EnlargedDataset(real, fooling, 99).size(), 24);
}

TEST(EnlargedDataset, WithoutFoolingImagesIsTheDataSetItself) {
  const BarDataset real(20, 1);
  const FoolingImages none;
  const EnlargedDataset all(real, none);
  EXPECT_EQ(all.size(), 20);
  EXPECT_EQ(all.classes(), 10);
}

}  // namespace
}  // namespace fool
