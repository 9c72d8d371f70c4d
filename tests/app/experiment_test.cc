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

TEST(WorkerCount, ZeroIsOnePerCore) {
  EXPECT_EQ(worker_count({{"workers", 5}}), 5);
  EXPECT_GE(worker_count({{"workers", 0}}), 1);
}

}  // namespace
}  // namespace fool
