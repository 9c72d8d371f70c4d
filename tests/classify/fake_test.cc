#include <gmock/gmock.h>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fool/classify/classifier.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr ImageShape kShape = {5, 6, 3};
constexpr int kClasses = 7;

std::vector<float> classify(Classifier& classifier, const ImageBatch& images) {
  std::vector<float> result(static_cast<std::size_t>(images.count()) * kClasses);
  classifier.classify(images, result);
  return result;
}

TEST(Fake, AnswersDependOnTheImageAlone) {
  const auto fake = open_classifier(fakes::fake_model(kClasses, kShape));
  EXPECT_EQ(fake->info().classes, kClasses);
  EXPECT_EQ(fake->info().shape, kShape);
  EXPECT_FALSE(fake->info().differentiable);
  const ImageBatch images = random_images(3, kShape);
  const std::vector<float> together = classify(*fake, images);
  for (int b = 0; b < 3; ++b) {
    ImageBatch one(1, kShape);
    std::copy_n(images[b].data, kShape.size(), one[0].data);
    const std::vector<float> alone = classify(*fake->clone(), one);
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), together.begin() + b * kClasses));
    ++one[0].data[17];
    EXPECT_NE(classify(*fake, one), alone);
  }
}

TEST(Fake, LogitsBelongToTheProbabilities) {
  const auto fake = open_classifier(fakes::fake_model(kClasses, kShape));
  const ImageBatch images = random_images(1, kShape);
  const std::vector<float> p = classify(*fake, images);
  std::vector<float> logits(kClasses);
  fake->logits(images, logits);
  for (std::size_t k = 1; k < kClasses; ++k) {
    EXPECT_NEAR(std::log(p[k] / p[0]), logits[k] - logits[0], 1e-5);
  }
}

TEST(Fake, SeedsAreDifferentNetworks) {
  const ImageBatch images = random_images(1, kShape);
  const auto a = open_classifier(fakes::fake_model(kClasses, kShape, {{"seed", 1}}));
  const auto b = open_classifier(fakes::fake_model(kClasses, kShape, {{"seed", 2}}));
  EXPECT_NE(classify(*a, images), classify(*b, images));
  EXPECT_NE(a->info().fingerprint, b->info().fingerprint);
}

TEST(Fake, CanFailInEveryWay) {
  const ImageBatch images = random_images(2, kShape);
  const auto open = [](const char* emit) {
    return open_classifier(fakes::fake_model(kClasses, kShape, {{"emit", emit}}));
  };
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { classify(*open("nan"), images); }),
              HasSubstr("fake: the network's output is not a number"));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { classify(*open("fewer classes"), images); }),
              HasSubstr("output of shape [2, 6] for 2 images; expected [2, 7]"));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { require_varying_output(*open("constant")); }),
              HasSubstr("fake: the network gives the same output"));
  require_varying_output(*open("hash"));
}

TEST(Fake, RefusesUnknownOptions) {
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [] {
                              open_classifier(fakes::fake_model(kClasses, kShape, {{"sed", 1}}));
                            }),
              AllOf(HasSubstr("options.sed"), HasSubstr("did you mean \"seed\"")));
}

TEST(Fake, HasNoGradient) {
  const auto fake = open_classifier(fakes::fake_model(kClasses, kShape));
  std::vector<float> gradient(kShape.size());
  std::vector<float> probabilities(kClasses);
  const int wanted = 0;
  EXPECT_THAT(error_message(ErrorKind::kUsage,
                            [&] {
                              fake->input_gradient(random_images(1, kShape), {&wanted, 1},
                                                   Objective::kProbability, probabilities,
                                                   gradient);
                            }),
              HasSubstr("fake gives no gradients"));
}

}  // namespace
}  // namespace fool
