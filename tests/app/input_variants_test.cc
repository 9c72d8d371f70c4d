#include "app/input_variants.h"

#include <gmock/gmock.h>

#include "fakes/fake_model.h"
#include "fool/core/error.h"
#include "train/bar_dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

InputSpec caffe_input() {
  InputSpec input;
  input.height = input.width = 227;
  input.channels = ChannelOrder::kBgr;
  input.mean = {104.0F, 117.0F, 123.0F};
  input.std = {1.0F, 1.0F, 1.0F};
  return input;
}

TEST(UsualInputs, BeginWithTheCardsOwnAndAreAllDifferent) {
  const std::vector<InputVariant> variants = usual_inputs(caffe_input());
  EXPECT_EQ(variants.front().what, "channels BGR, range 0..255, mean 104 117 123, std 1 1 1");
  std::set<std::string> texts;
  for (const InputVariant& variant : variants) {
    EXPECT_TRUE(texts.insert(variant.what).second) << variant.what;
    EXPECT_EQ(variant.input.height, 227);
    EXPECT_EQ(variant.input.mean.size(), 3U);
  }
  EXPECT_EQ(variants.size(), 10U);  // two orders of five, one of them the card's
  EXPECT_EQ(texts.count("channels RGB, range 0..255, mean 123 117 104, std 1 1 1"), 1U);
  EXPECT_EQ(texts.count("channels RGB, range 0..1, mean 0.485 0.456 0.406, std 0.229 0.224 0.225"),
            1U);
  EXPECT_EQ(texts.count("channels BGR, range 0..1, mean 0.406 0.456 0.485, std 0.225 0.224 0.229"),
            1U);
}

TEST(UsualInputs, OfGreyNetworksStayGrey) {
  const std::vector<InputVariant> variants = usual_inputs(fakes::fake_model(10, {28, 28, 1}).input);
  EXPECT_EQ(variants.size(), 4U);
  for (const InputVariant& variant : variants) {
    EXPECT_EQ(variant.input.channels, ChannelOrder::kGray);
    EXPECT_EQ(variant.input.mean.size(), 1U);
  }
}

TEST(ScoreInputs, PutsTheBestFirstAndCountsFailuresAsWrong) {
  // The fake sees pixels alone, so that all inputs are equally good.
  const ModelSpec spec = fakes::fake_model(10, {28, 28, 1});
  const std::vector<InputVariant> variants = usual_inputs(spec.input);
  WorkerPool pool(2, [] {});
  std::vector<int> done;
  const auto scores = score_inputs(spec, variants, BarDataset(30, 1), PhotoRule::centre_crop(), 20,
                                   pool, [&](int count) { done.push_back(count); });
  ASSERT_EQ(scores.size(), variants.size());
  EXPECT_EQ(scores.front().variant.what, variants.front().what);
  EXPECT_EQ(scores.front().images, 20);
  EXPECT_EQ(done, (std::vector<int>{1, 2, 3, 4}));
  const ModelSpec broken = fakes::fake_model(10, {28, 28, 1}, {{"emit", "nan"}});
  for (const VariantScore& score : score_inputs(broken, variants, BarDataset(30, 1),
                                                PhotoRule::centre_crop(), 5, pool, [](int) {})) {
    EXPECT_EQ(score.top1_correct, 0);
  }
}

TEST(ScoreInputs, StopsWhenTheCallerThrows) {
  const ModelSpec spec = fakes::fake_model(10, {28, 28, 1});
  WorkerPool pool(1, [] {});
  EXPECT_THROW(score_inputs(spec, usual_inputs(spec.input), BarDataset(5, 1),
                            PhotoRule::centre_crop(), 5, pool, [](int) { throw 17; }),
               int);
}

}  // namespace
}  // namespace fool
