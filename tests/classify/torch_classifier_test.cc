#include <gmock/gmock.h>

#include <cmath>
#include <thread>

#include "classify/random_network.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"

namespace fool {
namespace {

constexpr int kClasses = 10;
constexpr ImageShape kShape = {28, 28, 1};

class TorchClassifierTest : public ::testing::Test {
 protected:
  TorchClassifierTest() {
    use_one_thread();
    const auto file = folder_ / "lenet.safetensors";
    write_safetensors(file, lenet_weights(kClasses).views);
    classifier_ = open_classifier(lenet_spec(file, kClasses));
  }

  static std::vector<float> classify(Classifier& classifier, const ImageBatch& images) {
    std::vector<float> result(static_cast<std::size_t>(images.count()) * kClasses);
    classifier.classify(images, result);
    return result;
  }

  ScratchFolder folder_;
  std::unique_ptr<Classifier> classifier_;
};

TEST_F(TorchClassifierTest, TheSameBatchGivesTheSameBits) {
  const ImageBatch images = random_images(16, kShape);
  const std::vector<float> first = classify(*classifier_, images);
  classify(*classifier_, random_images(16, kShape, 1));
  classify(*classifier_, random_images(5, kShape, 2));
  EXPECT_EQ(classify(*classifier_, images), first);
  EXPECT_EQ(classify(*classifier_->clone(), images), first);
}

TEST_F(TorchClassifierTest, ThreadsDoNotDisturbEachOther) {
  constexpr int kThreads = 2;
  constexpr int kBatches = 6;
  std::vector<std::vector<float>> expected;
  for (std::uint32_t i = 0; i < kBatches; ++i) {
    expected.push_back(classify(*classifier_, random_images(16, kShape, i)));
  }
  std::vector<std::vector<float>> found(kThreads * kBatches);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      use_one_thread();
      const auto clone = classifier_->clone();
      for (std::size_t i = 0; i < kBatches; ++i) {
        found[t * kBatches + i] =
            classify(*clone, random_images(16, kShape, static_cast<std::uint32_t>(i)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], expected[i % kBatches]) << i;
}

TEST_F(TorchClassifierTest, LogitsBelongToTheProbabilities) {
  const ImageBatch images = random_images(2, kShape);
  const std::vector<float> p = classify(*classifier_, images);
  std::vector<float> logits(2 * kClasses);
  classifier_->logits(images, logits);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const std::size_t row = i / kClasses * kClasses;
    EXPECT_NEAR(std::log(p[i] / p[row]), logits[i] - logits[row], 1e-5);
  }
}

// LeNet has kinks (pooling, ReLU), so single differences may be off; on the whole they must agree.
TEST_F(TorchClassifierTest, GradientAgreesWithFiniteDifferences) {
  ImageBatch images = random_images(2, kShape);
  for (std::uint8_t& pixel : images.bytes()) pixel = static_cast<std::uint8_t>(1 + pixel % 254);
  const std::vector<int> classes = {3, 7};
  std::vector<float> gradient(images.bytes().size());
  std::vector<float> probabilities(2 * kClasses);
  classifier_->input_gradient(images, classes, Objective::kProbability, probabilities, gradient);
  const std::vector<float> expected = classify(*classifier_, images);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(probabilities[i], expected[i], 1e-5);
  }

  const auto objective = [&] {
    const std::vector<float> p = classify(*classifier_, images);
    return static_cast<double>(p[3]) + static_cast<double>(p[kClasses + 7]);
  };
  double error = 0;
  double size = 0;
  for (std::size_t i = 0; i < gradient.size(); i += 13) {
    const std::uint8_t pixel = images.bytes()[i];
    images.bytes()[i] = static_cast<std::uint8_t>(pixel + 1);
    const double above = objective();
    images.bytes()[i] = static_cast<std::uint8_t>(pixel - 1);
    const double below = objective();
    images.bytes()[i] = pixel;
    error += std::abs((above - below) / 2 - static_cast<double>(gradient[i]));
    size += std::abs(static_cast<double>(gradient[i]));
  }
  EXPECT_GT(size, 0);
  EXPECT_LT(error / size, 0.02);
}

// By the chain rule they are multiples of each other's parts.
TEST_F(TorchClassifierTest, GradientsOfTheObjectivesAgree) {
  const ImageBatch images = random_images(2, kShape);
  const std::vector<int> classes = {3, 7};
  std::vector<float> p(2 * kClasses);
  const auto gradient = [&](Objective objective, const std::vector<int>& wanted) {
    std::vector<float> result(images.bytes().size());
    classifier_->input_gradient(images, wanted, objective, p, result);
    return result;
  };
  const std::vector<float> of_p = gradient(Objective::kProbability, classes);
  const std::vector<float> of_log = gradient(Objective::kLogProbability, classes);
  std::vector<double> from_logits(of_p.size());
  for (int k = 0; k < kClasses; ++k) {
    const std::vector<float> of_logit = gradient(Objective::kLogit, {k, k});
    for (std::size_t i = 0; i < of_logit.size(); ++i) {
      const std::size_t b = i / kShape.size();
      const double own = k == classes[b] ? 1.0 : 0.0;
      from_logits[i] += (own - static_cast<double>(p[b * kClasses + static_cast<std::size_t>(k)])) *
                        static_cast<double>(of_logit[i]);
    }
  }
  double largest = 0;
  for (std::size_t i = 0; i < of_p.size(); ++i) {
    const std::size_t b = i / kShape.size();
    const double own = p[b * kClasses + static_cast<std::size_t>(classes[b])];
    EXPECT_NEAR(of_p[i], own * static_cast<double>(of_log[i]), 1e-7);
    EXPECT_NEAR(of_log[i], from_logits[i], 1e-6);
    largest = std::max(largest, std::abs(from_logits[i]));
  }
  EXPECT_GT(largest, 1e-3);
}

TEST_F(TorchClassifierTest, CountsItsTime) {
  EXPECT_EQ(classifier_->times()[Stage::kForward], 0.0);
  classify(*classifier_, random_images(2, kShape));
  EXPECT_GT(classifier_->times()[Stage::kPreprocess], 0.0);
  EXPECT_GT(classifier_->times()[Stage::kForward], 0.0);
  EXPECT_EQ(classifier_->clone()->times()[Stage::kForward], 0.0);
}

TEST_F(TorchClassifierTest, FingerprintHoldsWhatChangesTheBits) {
  const Json& fingerprint = classifier_->info().fingerprint;
  EXPECT_EQ(fingerprint.at("weights_sha256").get<std::string>().size(), 64U);
  EXPECT_EQ(fingerprint.at("backend"), "native lenet");
  EXPECT_EQ(fingerprint.at("library"), numeric_library());
  EXPECT_EQ(fingerprint.at("dtype"), "float32");
  EXPECT_EQ(fingerprint.at("threads"), 1);
  EXPECT_EQ(fingerprint.at("crops"), 1);
  EXPECT_TRUE(classifier_->info().differentiable);
  EXPECT_EQ(classifier_->clone()->info().fingerprint, fingerprint);
}

}  // namespace
}  // namespace fool
