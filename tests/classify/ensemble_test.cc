#include "fool/classify/ensemble.h"

#include <gmock/gmock.h>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fakes/pixel_classifier.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

constexpr int kClasses = 4;
constexpr ImageShape kShape{5, 6, 3};

using Members = std::vector<std::unique_ptr<Classifier>>;

Members fakes_with_seeds(const std::vector<int>& seeds) {
  Members members;
  for (const int seed : seeds) {
    members.push_back(open_classifier(fakes::fake_model(kClasses, kShape, {{"seed", seed}})));
  }
  return members;
}

std::vector<float> classify(Classifier& classifier, const ImageBatch& images) {
  std::vector<float> result(static_cast<std::size_t>(images.count() * classifier.info().classes));
  classifier.classify(images, result);
  return result;
}

TEST(Ensemble, IsTheMeanOrTheSmallestOfItsMembers) {
  const ImageBatch images = random_images(3, kShape);
  std::vector<std::vector<float>> alone;
  for (const auto& member : fakes_with_seeds({1, 2, 3})) {
    alone.push_back(classify(*member, images));
  }
  const auto mean = make_ensemble(fakes_with_seeds({1, 2, 3}), EnsembleRule::kMean);
  const auto min = make_ensemble(fakes_with_seeds({1, 2, 3}), EnsembleRule::kMin);
  const std::vector<float> means = classify(*mean, images);
  const std::vector<float> least = classify(*min, images);
  for (std::size_t i = 0; i < means.size(); ++i) {
    EXPECT_FLOAT_EQ(means[i], (alone[0][i] + alone[1][i] + alone[2][i]) / 3);
    EXPECT_EQ(least[i], std::min({alone[0][i], alone[1][i], alone[2][i]}));
  }
  EXPECT_EQ(classify(*mean->clone(), images), means);
  EXPECT_EQ(classify(*min->clone(), images), least);
}

TEST(Ensemble, SaysWhatItIsMadeOf) {
  const auto ensemble = make_ensemble(fakes_with_seeds({1, 2}), EnsembleRule::kMin);
  const ClassifierInfo& info = ensemble->info();
  EXPECT_EQ(info.name, "min of fake + fake");
  EXPECT_EQ(info.classes, kClasses);
  EXPECT_EQ(info.shape, kShape);
  EXPECT_FALSE(info.differentiable);
  EXPECT_EQ(info.fingerprint.at("ensemble"), "min");
  ASSERT_EQ(info.fingerprint.at("members").size(), 2U);
  EXPECT_NE(info.fingerprint.at("members").at(0), info.fingerprint.at("members").at(1));
  EXPECT_FALSE(info.fingerprint.contains("canvas"));
}

TEST(Ensemble, OfMembersThatSeeCropsItSaysSo) {
  Members members = fakes_with_seeds({1, 2});
  for (auto& member : members) member = make_multi_crop(std::move(member), 10, 10);
  const auto ensemble = make_ensemble(std::move(members), EnsembleRule::kMean);
  EXPECT_EQ(ensemble->info().shape, (ImageShape{10, 10, 3}));
  EXPECT_EQ(ensemble->info().fingerprint.at("canvas"), 10);
  EXPECT_EQ(ensemble->info().fingerprint.at("crops"), 10);
}

TEST(Ensemble, RefusesNetworksThatDoNotGoTogether) {
  const auto message_with = [](std::unique_ptr<Classifier> other) {
    Members members = fakes_with_seeds({1});
    if (other != nullptr) members.push_back(std::move(other));
    return error_message(ErrorKind::kConfig,
                         [&] { make_ensemble(std::move(members), EnsembleRule::kMean); });
  };
  EXPECT_THAT(message_with(nullptr), HasSubstr("expected two networks or more, found 1"));
  EXPECT_THAT(
      message_with(open_classifier(fakes::fake_model(7, kShape))),
      HasSubstr("fake has 4 classes and fake has 7; expected networks of the same classes"));
  EXPECT_THAT(message_with(open_classifier(fakes::fake_model(kClasses, {6, 6, 3}))),
              HasSubstr("fake takes images of 5x6x3 and fake of 6x6x3"));
}

TEST(Ensemble, RulesHaveNames) {
  for (const EnsembleRule rule : {EnsembleRule::kMean, EnsembleRule::kMin}) {
    EXPECT_EQ(ensemble_rule(name_of(rule)), rule);
  }
  EXPECT_THAT(error_message(ErrorKind::kConfig, [] { ensemble_rule("max"); }),
              HasSubstr("ensemble: expected mean or min, found max"));
}

// Two LeNets that differ in their biases.
class EnsembleGradient : public ::testing::Test {
 protected:
  EnsembleGradient() {
    RandomWeights weights = lenet_weights(kClasses);
    write_safetensors(folder_ / "a.safetensors", weights.views);
    weights.values.at("fc2.bias") = {0.5F, -1.0F, 0.75F, 0.1F};
    weights.values.at("conv1.bias").assign(20, -0.05F);
    for (const char* key : {"fc2.bias", "conv1.bias"}) {
      const std::vector<float>& numbers = weights.values.at(key);
      weights.views.at(key).bytes = {reinterpret_cast<const char*>(numbers.data()),
                                     numbers.size() * sizeof(float)};
    }
    write_safetensors(folder_ / "b.safetensors", weights.views);
    for (const char* name : {"a.safetensors", "b.safetensors"}) {
      Member& member = members_.emplace_back();
      member.network = open_classifier(lenet_spec(folder_ / name, kClasses));
      member.probabilities.resize(kCount * kClasses);
      member.gradient.resize(images_.bytes().size());
      member.network->input_gradient(images_, classes_, Objective::kProbability,
                                     member.probabilities, member.gradient);
    }
  }

  struct Member {
    std::unique_ptr<Classifier> network;
    std::vector<float> probabilities;
    std::vector<float> gradient;  // of the probability
  };

  std::unique_ptr<Classifier> ensemble(EnsembleRule rule) const {
    Members clones;
    for (const Member& member : members_) clones.push_back(member.network->clone());
    return make_ensemble(std::move(clones), rule);
  }

  float probability(std::size_t m, std::size_t image) const {
    return members_[m].probabilities[image * kClasses + static_cast<std::size_t>(classes_[image])];
  }

  static constexpr std::size_t kCount = 4;
  const ScratchFolder folder_;
  const ImageBatch images_ = random_images(static_cast<int>(kCount), {28, 28, 1});
  const std::vector<int> classes_ = {0, 1, 2, 3};
  std::vector<Member> members_;
};

TEST_F(EnsembleGradient, OfTheMeanIsTheMeanOfTheGradients) {
  const auto mean = ensemble(EnsembleRule::kMean);
  EXPECT_TRUE(mean->info().differentiable);
  for (const bool of_log : {false, true}) {
    std::vector<float> probabilities(kCount * kClasses);
    std::vector<float> gradient(images_.bytes().size());
    mean->input_gradient(images_, classes_,
                         of_log ? Objective::kLogProbability : Objective::kProbability,
                         probabilities, gradient);
    float largest = 0;
    const std::size_t pixels = gradient.size() / kCount;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      const std::size_t b = i / pixels;
      const float p = (probability(0, b) + probability(1, b)) / 2;
      EXPECT_FLOAT_EQ(probabilities[b * kClasses + static_cast<std::size_t>(classes_[b])], p);
      float expected = (members_[0].gradient[i] + members_[1].gradient[i]) / 2;
      if (of_log) expected /= p;
      EXPECT_NEAR(gradient[i], expected, 1e-7);
      largest = std::max(largest, std::abs(expected));
    }
    EXPECT_GT(largest, 1e-5F);
  }
}

TEST_F(EnsembleGradient, OfTheSmallestIsThatOfTheLeastSureMember) {
  std::vector<float> probabilities(kCount * kClasses);
  std::vector<float> gradient(images_.bytes().size());
  ensemble(EnsembleRule::kMin)
      ->input_gradient(images_, classes_, Objective::kProbability, probabilities, gradient);
  const std::size_t pixels = gradient.size() / kCount;
  std::size_t chosen[2] = {};
  for (std::size_t b = 0; b < kCount; ++b) {
    const std::size_t least = probability(0, b) <= probability(1, b) ? 0 : 1;
    ++chosen[least];
    EXPECT_EQ(probabilities[b * kClasses + static_cast<std::size_t>(classes_[b])],
              probability(least, b));
    for (std::size_t i = b * pixels; i < (b + 1) * pixels; ++i) {
      ASSERT_EQ(gradient[i], members_[least].gradient[i]);
    }
  }
  EXPECT_GT(chosen[0], 0U);  // or the test would show little
  EXPECT_GT(chosen[1], 0U);
}

TEST_F(EnsembleGradient, ThereAreNoLogits) {
  std::vector<float> probabilities(kCount * kClasses);
  std::vector<float> gradient(images_.bytes().size());
  const auto mean = ensemble(EnsembleRule::kMean);
  EXPECT_THAT(error_message(ErrorKind::kUsage,
                            [&] {
                              mean->input_gradient(images_, classes_, Objective::kLogit,
                                                   probabilities, gradient);
                            }),
              HasSubstr("expected the objective probability or log_probability"));
  EXPECT_THAT(error_message(ErrorKind::kUsage, [&] { mean->logits(images_, probabilities); }),
              HasSubstr("an ensemble has no logits"));
}

}  // namespace
}  // namespace fool
