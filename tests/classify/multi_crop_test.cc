#include <gmock/gmock.h>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

constexpr int kClasses = 4;

// A window of an image, cut out the slow way.
ImageBatch window(const ImageBatch& images, int top, int left, ImageShape shape, bool mirrored) {
  ImageBatch result(images.count(), shape);
  for (int b = 0; b < images.count(); ++b) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        const int from_x = left + (mirrored ? shape.width - 1 - x : x);
        for (int c = 0; c < shape.channels; ++c) {
          result[b].data[(y * shape.width + x) * shape.channels + c] =
              images[b].data[((top + y) * images.shape().width + from_x) * shape.channels + c];
        }
      }
    }
  }
  return result;
}

std::vector<float> classify(Classifier& classifier, const ImageBatch& images) {
  std::vector<float> result(static_cast<std::size_t>(images.count()) * kClasses);
  classifier.classify(images, result);
  return result;
}

// The paper's numbers: 227 of 256, so corners at 0 and 29 and the centre at 14.
TEST(MultiCrop, TenCropsAreTheMeanOfTheirProbabilities) {
  const ImageShape input = {227, 227, 3};
  const auto inner = open_classifier(fakes::fake_model(kClasses, input));
  const auto crops = make_multi_crop(inner->clone(), 256, 10);
  EXPECT_EQ(crops->info().shape, (ImageShape{256, 256, 3}));
  EXPECT_EQ(crops->info().name, "fake, 10 crops of 256x256");
  EXPECT_EQ(crops->info().fingerprint.at("crops"), 10);
  EXPECT_EQ(crops->info().fingerprint.at("canvas"), 256);

  const ImageBatch images = random_images(2, {256, 256, 3});
  std::vector<double> sums(2 * kClasses);
  const int places[][2] = {{0, 0}, {0, 29}, {29, 0}, {29, 29}, {14, 14}};
  for (const auto& place : places) {
    for (const bool mirrored : {false, true}) {
      const auto p = classify(*inner, window(images, place[0], place[1], input, mirrored));
      for (std::size_t i = 0; i < p.size(); ++i) sums[i] += static_cast<double>(p[i]);
    }
  }
  const std::vector<float> found = classify(*crops, images);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], sums[i] / 10, 1e-7);
  EXPECT_EQ(classify(*crops->clone(), images), found);
}

TEST(MultiCrop, OneCropIsTheCentre) {
  const ImageShape input = {5, 6, 1};
  const auto inner = open_classifier(fakes::fake_model(kClasses, input));
  const auto centre = make_multi_crop(inner->clone(), 10, 1);
  EXPECT_EQ(centre->info().name, "fake, centre of 10x10");
  const ImageBatch images = random_images(3, {10, 10, 1});
  const ImageBatch cut = window(images, 2, 2, input, false);
  EXPECT_EQ(classify(*centre, images), classify(*inner, cut));
  std::vector<float> found(3 * kClasses);
  std::vector<float> expected(3 * kClasses);
  centre->logits(images, found);
  inner->logits(cut, expected);
  EXPECT_EQ(found, expected);
}

// For the logarithm of the mean, crops count by their share of the probability.
class MultiCropGradient : public ::testing::TestWithParam<Objective> {};

TEST_P(MultiCropGradient, IsThatOfTheMeanOverTheCrops) {
  const bool of_log = GetParam() == Objective::kLogProbability;
  const ScratchFolder folder;
  write_safetensors(folder / "w.safetensors", lenet_weights(kClasses).views);
  const auto inner = open_classifier(lenet_spec(folder / "w.safetensors", kClasses));
  const ImageShape input = inner->info().shape;
  const ImageBatch images = random_images(2, {31, 31, 1});
  const std::vector<int> classes = {1, 3};

  std::vector<double> expected(images.bytes().size());
  double own[2] = {};
  const int places[][2] = {{0, 0}, {0, 3}, {3, 0}, {3, 3}, {1, 1}};
  for (const auto& place : places) {
    for (const bool mirrored : {false, true}) {
      std::vector<float> part(2 * input.size());
      std::vector<float> p(2 * kClasses);
      inner->input_gradient(window(images, place[0], place[1], input, mirrored), classes,
                            Objective::kProbability, p, part);
      for (int b = 0; b < 2; ++b) {
        own[b] += static_cast<double>(p[static_cast<std::size_t>(b * kClasses + classes[b])]) / 10;
        for (int y = 0; y < 28; ++y) {
          for (int x = 0; x < 28; ++x) {
            const int to_x = place[1] + (mirrored ? 27 - x : x);
            expected[static_cast<std::size_t>((b * 31 + place[0] + y) * 31 + to_x)] +=
                static_cast<double>(part[static_cast<std::size_t>((b * 28 + y) * 28 + x)]) / 10;
          }
        }
      }
    }
  }
  std::vector<float> found(images.bytes().size());
  std::vector<float> probabilities(2 * kClasses);
  const auto crops = make_multi_crop(inner->clone(), 31, 10);
  crops->input_gradient(images, classes, GetParam(), probabilities, found);
  const std::vector<float> p = classify(*crops, images);
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(probabilities[i], p[i], 1e-6);
  double largest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (of_log) expected[i] /= own[i / (31 * 31)];
    largest = std::max(largest, std::abs(expected[i]));
    EXPECT_NEAR(found[i], expected[i], of_log ? 1e-6 : 1e-8);
  }
  EXPECT_GT(largest, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Objectives, MultiCropGradient,
                         ::testing::Values(Objective::kProbability, Objective::kLogProbability));

TEST(MultiCrop, RefusesWhatCannotBe) {
  const auto make = [](int canvas, int crops) {
    make_multi_crop(open_classifier(fakes::fake_model(kClasses, {5, 6, 1})), canvas, crops);
  };
  EXPECT_THAT(error_message(ErrorKind::kConfig, [&] { make(10, 5); }),
              HasSubstr("crops: expected 1 or 10, found 5"));
  EXPECT_THAT(error_message(ErrorKind::kConfig, [&] { make(5, 10); }),
              HasSubstr("fake: crops of 5x6 cannot be cut from images of 5x5"));
  const auto ten = make_multi_crop(open_classifier(fakes::fake_model(kClasses, {5, 6, 1})), 10, 10);
  std::vector<float> logits(kClasses);
  EXPECT_THAT(error_message(ErrorKind::kUsage,
                            [&] {
                              ten->logits(ImageBatch(1, {10, 10, 1}), logits);
                            }),
              HasSubstr("a mean of probabilities has no logits"));
}

}  // namespace
}  // namespace fool
