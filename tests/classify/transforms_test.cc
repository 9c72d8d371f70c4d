#include "fool/classify/transforms.h"

#include <gmock/gmock.h>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kClasses = 4;
constexpr ImageShape kShape{12, 16, 3};

std::unique_ptr<Classifier> fake() { return open_classifier(fakes::fake_model(kClasses, kShape)); }

TransformSettings settings(const std::vector<std::string>& names, EnsembleRule rule) {
  return {names, 75, 2, rule};
}

std::vector<float> classify(Classifier& classifier, const ImageBatch& images) {
  std::vector<float> result(static_cast<std::size_t>(images.count()) * kClasses);
  classifier.classify(images, result);
  return result;
}

// A copy made the slow way: pixel (y, x) comes from where `from` says, within the image.
template <typename From>
ImageBatch copy(const ImageBatch& images, From from) {
  const ImageShape& shape = images.shape();
  ImageBatch result(images.count(), shape);
  for (int b = 0; b < images.count(); ++b) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        const auto [from_y, from_x] = from(y, x);
        const int clamped_y = std::min(std::max(from_y, 0), shape.height - 1);
        const int clamped_x = std::min(std::max(from_x, 0), shape.width - 1);
        for (int c = 0; c < shape.channels; ++c) {
          result[b].data[(y * shape.width + x) * shape.channels + c] =
              images[b].data[(clamped_y * shape.width + clamped_x) * shape.channels + c];
        }
      }
    }
  }
  return result;
}

std::vector<ImageBatch> shifted(const ImageBatch& images, int n) {
  std::vector<ImageBatch> result;
  for (const auto& [down, right] : {std::pair{n, 0}, {-n, 0}, {0, n}, {0, -n}}) {
    result.push_back(copy(images, [down = down, right = right](int y, int x) {
      return std::pair{y + down, x + right};
    }));
  }
  return result;
}

ImageBatch mirrored(const ImageBatch& images) {
  const int last = images.shape().width - 1;
  return copy(images, [last](int y, int x) { return std::pair{y, last - x}; });
}

TEST(Transforms, TheMeanOrTheSmallestOfTheImageAndItsCopiesCounts) {
  const ImageBatch images = random_images(3, kShape);
  std::vector<ImageBatch> all = shifted(images, 2);
  all.push_back(images);
  all.push_back(mirrored(images));
  const auto network = fake();
  std::vector<double> sums(3 * kClasses);
  std::vector<float> least(3 * kClasses, 1.0F);
  for (const ImageBatch& batch : all) {
    const std::vector<float> p = classify(*network, batch);
    for (std::size_t i = 0; i < p.size(); ++i) {
      sums[i] += static_cast<double>(p[i]) / 6;
      least[i] = std::min(least[i], p[i]);
    }
  }
  const auto mean = make_transformed(fake(), settings({"mirror", "shift"}, EnsembleRule::kMean));
  const auto min = make_transformed(fake(), settings({"mirror", "shift"}, EnsembleRule::kMin));
  const std::vector<float> found = classify(*mean, images);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], sums[i], 1e-6);
  EXPECT_EQ(classify(*min, images), least);
  EXPECT_EQ(classify(*mean->clone(), images), found);
}

TEST(Transforms, SaysWhatIsScored) {
  const auto classifier = make_transformed(fake(), settings({"jpeg"}, EnsembleRule::kMin));
  EXPECT_EQ(classifier->info().name, "fake, min with copies (jpeg)");
  EXPECT_EQ(classifier->info().shape, kShape);
  const Json& transforms = classifier->info().fingerprint.at("transforms");
  EXPECT_EQ(transforms.at("names"), Json({"jpeg"}));
  EXPECT_EQ(transforms.at("jpeg_quality"), 75);
  EXPECT_EQ(transforms.at("rule"), "min");
  EXPECT_THAT(transforms.at("library").get<std::string>(), HasSubstr("OpenCV"));
}

// A network that gives class 1 the red of the first pixel, class 2 the green, class 3 the blue, and
// class 0 the rest.
class FirstPixel : public Classifier {
 public:
  FirstPixel() {
    info_.name = "first pixel";
    info_.classes = kClasses;
    info_.shape = kShape;
  }
  const ClassifierInfo& info() const override { return info_; }
  void classify(const ImageBatch& images, Span<float> probabilities) override {
    for (int b = 0; b < images.count(); ++b) {
      float rest = 1.0F;
      for (std::size_t c = 0; c < 3; ++c) {
        const float p = static_cast<float>(images[b].data[c]) / 765.0F;
        probabilities[static_cast<std::size_t>(b * kClasses) + c + 1] = p;
        rest -= p;
      }
      probabilities[static_cast<std::size_t>(b * kClasses)] = rest;
    }
  }
  std::unique_ptr<Classifier> clone() const override { return std::make_unique<FirstPixel>(*this); }
  const StageTimes& times() const override { return times_; }

 private:
  ClassifierInfo info_;
  StageTimes times_;
};

// A flat image survives a compression nearly unchanged, colours in their order.
TEST(Transforms, ACompressionKeepsFlatColours) {
  ImageBatch images(1, kShape);
  const std::uint8_t colour[] = {200, 100, 40};
  for (std::size_t i = 0; i < images.bytes().size(); ++i) images.bytes()[i] = colour[i % 3];
  const auto jpeg =
      make_transformed(std::make_unique<FirstPixel>(), settings({"jpeg"}, EnsembleRule::kMean));
  const std::vector<float> found = classify(*jpeg, images);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(found[c + 1], colour[c] / 765.0, 3 / 765.0);
}

TEST(Transforms, ACompressionOfNoiseChangesIt) {
  for (const int channels : {1, 3}) {
    const ImageShape shape{12, 16, channels};
    const ImageBatch images = random_images(2, shape);
    const auto network = open_classifier(fakes::fake_model(kClasses, shape));
    std::vector<float> expected(2 * kClasses);
    network->classify(images, expected);
    const auto jpeg = make_transformed(network->clone(), settings({"jpeg"}, EnsembleRule::kMean));
    EXPECT_NE(classify(*jpeg, images), expected);
    EXPECT_EQ(classify(*jpeg->clone(), images), classify(*jpeg, images));
  }
}

// Against the copies' own gradients, brought back pixel by pixel.
TEST(Transforms, TheGradientPassesThroughTheCopies) {
  const ScratchFolder folder;
  write_safetensors(folder / "w.safetensors", lenet_weights(kClasses).views);
  const auto lenet = open_classifier(lenet_spec(folder / "w.safetensors", kClasses));
  const ImageShape shape = lenet->info().shape;
  const ImageBatch images = random_images(2, shape);
  const std::vector<int> classes = {1, 3};
  std::vector<double> expected(images.bytes().size());
  std::vector<float> p(2 * kClasses);
  std::vector<float> part(images.bytes().size());
  const std::pair<int, int> moves[] = {{0, 0}, {2, 0}, {-2, 0}, {0, 2}, {0, -2}};
  for (const auto& [down, right] : moves) {
    const auto place = [&, down = down, right = right](int y, int x) {
      return std::pair{std::clamp(y + down, 0, 27), std::clamp(x + right, 0, 27)};
    };
    lenet->input_gradient(copy(images, place), classes, Objective::kProbability, p, part);
    for (int b = 0; b < 2; ++b) {
      for (int y = 0; y < 28; ++y) {
        for (int x = 0; x < 28; ++x) {
          const auto [to_y, to_x] = place(y, x);
          expected[static_cast<std::size_t>((b * 28 + to_y) * 28 + to_x)] +=
              static_cast<double>(part[static_cast<std::size_t>((b * 28 + y) * 28 + x)]) / 5;
        }
      }
    }
  }
  const auto all = make_transformed(lenet->clone(), settings({"shift"}, EnsembleRule::kMean));
  std::vector<float> found(images.bytes().size());
  for (const bool of_log : {false, true}) {
    all->input_gradient(images, classes,
                        of_log ? Objective::kLogProbability : Objective::kProbability, p, found);
    const std::vector<float> forward = classify(*all, images);
    for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(p[i], forward[i], 1e-6);
    double largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const std::size_t b = i / shape.size();
      const double own =
          static_cast<double>(p[b * kClasses + static_cast<std::size_t>(classes[b])]);
      const double wanted = of_log ? expected[i] / own : expected[i];
      EXPECT_NEAR(found[i], wanted, 1e-7);
      largest = std::max(largest, std::abs(wanted));
    }
    EXPECT_GT(largest, 1e-5);
  }
}

TEST(Transforms, AreNamedWithCommas) {
  EXPECT_THAT(parse_transforms(""), ElementsAre());
  EXPECT_THAT(parse_transforms("shift,jpeg"), ElementsAre("shift", "jpeg"));
  EXPECT_THAT(error_message(ErrorKind::kConfig, [] { parse_transforms("jpeg,shfit"); }),
              HasSubstr("there is no \"shfit\", did you mean \"shift\"?"));
  EXPECT_THAT(error_message(ErrorKind::kConfig, [] { parse_transforms("jpeg,"); }),
              HasSubstr("there is no \"\""));
  EXPECT_THAT(error_message(ErrorKind::kConfig, [] { parse_transforms("jpeg,jpeg"); }),
              HasSubstr("jpeg is named twice"));
}

TEST(Transforms, RefusesWhatCannotBe) {
  TransformSettings far = settings({"shift"}, EnsembleRule::kMean);
  far.shift = 12;
  EXPECT_THAT(error_message(ErrorKind::kConfig, [&] { make_transformed(fake(), far); }),
              HasSubstr("a shift of 12 pixels leaves nothing of images of 12x16"));
  const auto classifier = make_transformed(fake(), settings({"jpeg"}, EnsembleRule::kMean));
  std::vector<float> logits(kClasses);
  EXPECT_THAT(
      error_message(ErrorKind::kUsage, [&] { classifier->logits(ImageBatch(1, kShape), logits); }),
      HasSubstr("several copies of an image have no common logits"));
}

}  // namespace
}  // namespace fool
