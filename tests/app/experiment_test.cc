#include "app/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/fake_card.h"
#include "app/run_config.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

class ExperimentTest : public ::testing::Test {
 protected:
  Json config(const Json& flags, int size = 16) const {
    Json all{{"model", write_fake_card(scratch_.path(), fake_card(12, size))}};
    all.update(flags);
    return resolve_run_config({{}, all, [](const char*) { return nullptr; }});
  }

  ScratchFolder scratch_;
};

TEST_F(ExperimentTest, PutsTheNamedComponentsTogether) {
  const Experiment x =
      assemble(config({{"encoding", "direct"}, {"evaluate", {{"workers", 3}, {"block", 7}}}}));
  EXPECT_EQ(x.model.name, "fake");
  EXPECT_EQ(x.encoding->name(), "direct");
  EXPECT_EQ(x.encoding->shape(), (ImageShape{16, 16, 3}));
  EXPECT_EQ(x.pool->workers(), 3);
  EXPECT_EQ(x.evaluator->block(), 7);
  EXPECT_EQ(x.evaluator->classes(), 12);
}

TEST_F(ExperimentTest, WorkersAreNoPartOfTheFingerprint) {
  const auto fingerprint = [&](const Json& flags) {
    return assemble(config(flags)).fingerprint.dump();
  };
  EXPECT_EQ(fingerprint({{"evaluate", {{"workers", 1}}}}),
            fingerprint({{"evaluate", {{"workers", 4}}}}));
  EXPECT_NE(fingerprint({{"evaluate", {{"block", 5}}}}),
            fingerprint({{"evaluate", {{"block", 6}}}}));
  EXPECT_NE(fingerprint({{"seed", 1}}), fingerprint({{"seed", 2}}));
}

TEST_F(ExperimentTest, CropsTakeALargerCanvas) {
  // 227 -> 256 in the paper; other sizes in proportion.
  EXPECT_EQ(assemble(config({{"image", {{"crops", 10}}}}, 227)).encoding->shape().height, 256);
  EXPECT_EQ(assemble(config({{"image", {{"crops", 10}, {"size", 30}}}})).encoding->shape().height,
            30);
  EXPECT_EQ(assemble(config({{"image", {{"size", 20}}}})).encoding->shape().height, 20);
}

// The search draws and scores the centre alone; the classifier is given the whole picture.
TEST_F(ExperimentTest, ASingleCropIsScoredAsItWouldBeCutFromTheWhole) {
  for (const int crops : {1, 10}) {
    const Experiment x = assemble(config({{"image", {{"crops", crops}, {"size", 21}}},
                                          {"evaluate", {{"block", 2}, {"workers", 1}}}}));
    std::vector<ItemPtr> items;
    ImageBatch images(2, x.encoding->shape());
    for (int i = 0; i < 2; ++i) {
      auto item = std::make_shared<Item>();
      item->genome = x.encoding->random({1, 0, static_cast<std::uint32_t>(i)});
      x.encoding->render(*item->genome, images[i]);
      items.push_back(item);
    }
    std::vector<float> expected(2 * 12);
    x.classifier->classify(images, expected);
    const Span<const float> searched = x.evaluator->evaluate(items).confidences;
    EXPECT_TRUE(std::equal(searched.begin(), searched.end(), expected.begin())) << crops;
    const Span<const float> again = x.evaluator->evaluate_images(images);
    EXPECT_TRUE(std::equal(again.begin(), again.end(), expected.begin())) << crops;
  }
}

TEST_F(ExperimentTest, ACanvasSmallerThanTheInputIsRefused) {
  const std::string message = error_message(ErrorKind::kConfig, [&] {
    assemble(config({{"image", {{"size", 8}}}}));
  });
  EXPECT_THAT(message, HasSubstr("fake takes images of 16 x 16; expected at least that, found 8"));
}

class EnsembleTest : public ExperimentTest {
 protected:
  // Two networks, of 16 and 20 pixels.
  Json ensemble(const Json& flags, int classes = 12) const {
    const std::string small =
        write_fake_card(scratch_.path(), fake_card(12, 16, Json::object(), "small"));
    const std::string large =
        write_fake_card(scratch_.path(), fake_card(classes, 20, {{"seed", 2}}, "large"));
    Json all{{"model", small + "," + large}, {"evaluate", {{"block", 2}, {"workers", 1}}}};
    all.update(flags, true);
    return resolve_run_config({{}, all, [](const char*) { return nullptr; }});
  }
};

TEST_F(EnsembleTest, EveryMemberSeesItsCropsOfTheSameImages) {
  const Experiment x = assemble(ensemble({{"ensemble", "min"}}));
  EXPECT_EQ(x.model.name, "min of small+large");
  EXPECT_EQ(x.models.size(), 2U);
  EXPECT_EQ(x.encoding->shape(), (ImageShape{20, 20, 3}));
  const Json& classifier = x.fingerprint.at("classifier");
  EXPECT_EQ(classifier.at("ensemble"), "min");
  EXPECT_EQ(classifier.at("canvas"), 20);

  ImageBatch images(2, x.encoding->shape());
  for (std::size_t i = 0; i < images.bytes().size(); ++i) {
    images.bytes()[i] = static_cast<std::uint8_t>(i * i);
  }
  const auto small =
      make_multi_crop(open_classifier(x.models[0]), 20, 1);  // the centre of 16 pixels
  const auto large = open_classifier(x.models[1]);
  std::vector<float> a(2 * 12);
  std::vector<float> b(2 * 12);
  small->classify(images, a);
  large->classify(images, b);
  const Span<const float> found = x.evaluator->evaluate_images(images);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(found[i], std::min(a[i], b[i]));
}

TEST_F(EnsembleTest, TheLargestMemberAndTheCropsDecideOnTheCanvas) {
  EXPECT_EQ(assemble(ensemble({{"image", {{"crops", 10}}}})).encoding->shape().height, 23);
  EXPECT_EQ(assemble(ensemble({{"image", {{"size", 30}}}})).encoding->shape().height, 30);
  EXPECT_THAT(error_message(ErrorKind::kConfig,
                            [&] {
                              assemble(ensemble({{"image", {{"size", 18}}}}));
                            }),
              HasSubstr("large takes images of 20 x 20; expected at least that, found 18"));
}

TEST_F(EnsembleTest, WhatIsSearchedIsWhatTheWholePictureGets) {
  for (const int crops : {1, 10}) {
    const Experiment x = assemble(ensemble({{"image", {{"crops", crops}, {"size", 24}}}}));
    std::vector<ItemPtr> items;
    ImageBatch images(2, x.encoding->shape());
    for (int i = 0; i < 2; ++i) {
      auto item = std::make_shared<Item>();
      item->genome = x.encoding->random({1, 0, static_cast<std::uint32_t>(i)});
      x.encoding->render(*item->genome, images[i]);
      items.push_back(item);
    }
    std::vector<float> expected(2 * 12);
    x.classifier->classify(images, expected);
    const Span<const float> searched = x.evaluator->evaluate(items).confidences;
    EXPECT_TRUE(std::equal(searched.begin(), searched.end(), expected.begin())) << crops;
  }
}

TEST_F(EnsembleTest, RefusesWhatDoesNotGoTogether) {
  EXPECT_THAT(error_message(ErrorKind::kConfig, [&] { assemble(ensemble(Json::object(), 7)); }),
              HasSubstr("12 classes and large has 7"));
  EXPECT_THAT(error_message(ErrorKind::kConfig,
                            [&] {
                              assemble(ensemble({{"evaluate", {{"device", "cuda:0,1"}}}}));
                            }),
              HasSubstr("an ensemble runs on the processor or on one device, found 2 of them"));
}

TEST_F(ExperimentTest, CopiesAreScoredOfWholeImages) {
  const Json flags{{"image", {{"size", 20}, {"transforms", "mirror,shift"}, {"shift", 3}}},
                   {"evaluate", {{"block", 1}, {"workers", 1}}}};
  const Experiment x = assemble(config(flags));
  EXPECT_EQ(x.fingerprint.at("image").at("shift"), 3);
  EXPECT_EQ(x.fingerprint.at("classifier").at("transforms").at("rule"), "mean");
  auto item = std::make_shared<Item>();
  item->genome = x.encoding->random({1, 0, 0});
  ImageBatch image(1, x.encoding->shape());
  x.encoding->render(*item->genome, image[0]);
  std::vector<float> expected(12);
  x.classifier->classify(image, expected);
  const std::vector<ItemPtr> items{item};
  const Span<const float> searched = x.evaluator->evaluate(items).confidences;
  EXPECT_TRUE(std::equal(searched.begin(), searched.end(), expected.begin()));

  EXPECT_THAT(error_message(ErrorKind::kConfig,
                            [&] {
                              assemble(config({{"image", {{"transforms", "miror"}}}}));
                            }),
              HasSubstr("did you mean \"mirror\"?"));
}

TEST_F(ExperimentTest, SettingsOfCopiesThatNobodyMakesAreNoPartOfTheFingerprint) {
  EXPECT_EQ(assemble(config(Json::object())).fingerprint.at("image"),
            (Json{{"size", 0}, {"crops", 1}}));
}

TEST(JointModel, HasTheLabelsOfTheFirstThatHasAny) {
  ModelSpec a;
  a.name = "a";
  ModelSpec b;
  b.name = "b";
  b.classes = 2;
  b.labels = {"cat", "dog"};
  b.sha256 = "123";
  const ModelSpec joint = joint_model({a, b}, {{"ensemble", "mean"}});
  EXPECT_EQ(joint.name, "mean of a+b");
  EXPECT_EQ(joint.label(1), "dog");
  EXPECT_EQ(joint.sha256, "");
  EXPECT_EQ(joint_model({b}, {{"ensemble", "mean"}}).name, "b");
}

TEST(WorkerCount, ZeroIsOnePerCore) {
  EXPECT_EQ(worker_count({{"workers", 5}}), 5);
  EXPECT_GE(worker_count({{"workers", 0}}), 1);
}

}  // namespace
}  // namespace fool
