// Scoring on a device against scoring on the processor. Needs a device and a build for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "classify/random_network.h"
#include "encoding/genomes.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/device.h"
#include "fool/core/error.h"
#include "fool/eval/block_scorer.h"
#include "fool/eval/evaluator.h"
#include "fool/render/renderer.h"

namespace fool {
namespace {

constexpr int kClasses = 10;
constexpr int kBlock = 16;

class DeviceScorer : public testing::Test {
 protected:
  void SetUp() override {
    use_one_thread();
    try {
      expect_devices(parse_devices("cuda"));
    } catch (const Error& e) {
      GTEST_SKIP() << e.what();
    }
    const auto file = folder_ / "lenet.safetensors";
    write_safetensors(file, lenet_weights(kClasses).views);
    here_ = open_classifier(lenet_spec(file, kClasses));
    there_ = open_classifier(lenet_spec(file, kClasses), {"auto", "cuda", "float32"});
  }

  BlockScorers on_device(const Encoding& encoding, const std::string& renderer, int count) const {
    const Classifier* classifiers[] = {there_.get()};
    return make_device_scorers(encoding, renderer, classifiers, kBlock, count);
  }

  static std::vector<GenomePtr> genomes(const Encoding& encoding, int count) {
    std::vector<GenomePtr> result;
    for (int i = 0; i < count; ++i)
      result.push_back(descendant(encoding, static_cast<std::uint64_t>(i) + 1, i));
    return result;
  }

  static std::vector<float> score(BlockScorer& scorer, const std::vector<GenomePtr>& genomes) {
    std::vector<float> result(kBlock * kClasses);
    scorer.score(genomes, result);
    return result;
  }

  ScratchFolder folder_;
  std::unique_ptr<Classifier> here_;
  std::unique_ptr<Classifier> there_;
};

TEST_F(DeviceScorer, AgreesWithTheProcessorAndWithItself) {
  for (const char* type : {"cppn", "direct"}) {
    const auto encoding = make_encoding(type, {28, 28, 1});
    const auto block = genomes(*encoding, kBlock);
    const auto expected = score(*make_host_scorers(*encoding, "auto", *here_, kBlock, 1)[0], block);
    const BlockScorers scorers = on_device(*encoding, "auto", 2);
    ASSERT_EQ(scorers.size(), 2U);
    const auto found = score(*scorers[0], block);
    for (std::size_t i = 0; i < found.size(); ++i)
      ASSERT_NEAR(found[i], expected[i], 2e-6F) << type << " " << i;
    EXPECT_EQ(scorers[0]->renderer_name(), "cuda");
    EXPECT_EQ(score(*scorers[1], block), found) << "scorers differ";
    // The same bits whoever draws.
    EXPECT_EQ(score(*on_device(*encoding, "reference", 1)[0], block), found);
    ImageBatch images(kBlock, {28, 28, 1});
    make_renderer("reference", *encoding)->render(block, images);
    std::vector<float> of_images(found.size());
    scorers[1]->score_images(images, of_images);
    EXPECT_EQ(of_images, found);
    std::vector<float> again(found.size());
    scorers[0]->forward_again(again);
    EXPECT_EQ(again, found);
    EXPECT_GT(scorers[0]->times()[Stage::kForward], 0);
  }
}

// An encoding without a kernel is drawn by the host, and every encoding's gradients end there.
TEST_F(DeviceScorer, GradientsAgreeWithTheProcessor) {
  for (const char* type : {"cppn", "dense-cppn"}) {
    const auto encoding = make_encoding(type, {28, 28, 1});
    const auto block = genomes(*encoding, kBlock);
    std::vector<int> classes;
    for (int b = 0; b < kBlock; ++b) classes.push_back(b % kClasses);
    const auto gradients = [&](BlockScorer& scorer) {
      std::vector<float> confidences(kBlock * kClasses);
      std::vector<std::vector<float>> result(kBlock);
      scorer.score_with_gradients(block, classes, confidences, result);
      return result;
    };
    const auto expected =
        gradients(*make_host_scorers(*encoding, "auto", *here_, kBlock, 1).front());
    const BlockScorers scorers = on_device(*encoding, "auto", 2);
    const auto found = gradients(*scorers[0]);
    for (std::size_t b = 0; b < kBlock; ++b) {
      ASSERT_EQ(found[b].size(), expected[b].size());
      float size = 0;
      for (const float x : expected[b]) size = std::max(size, std::abs(x));
      for (std::size_t i = 0; i < found[b].size(); ++i)
        ASSERT_NEAR(found[b][i], expected[b][i], 1e-3F * size) << type << " " << b << " " << i;
    }
    EXPECT_EQ(gradients(*scorers[1]), found) << "scorers differ";
  }
}

TEST_F(DeviceScorer, AnyNumberOfScorersGivesTheSameBits) {
  const auto encoding = make_encoding("cppn", {28, 28, 1});
  std::vector<ItemPtr> items;
  for (const GenomePtr& genome : genomes(*encoding, 150))
    items.push_back(std::make_shared<const Item>(Item{items.size(), 0, genome, {}}));
  std::vector<float> expected;
  for (const int count : {1, 2, 4}) {
    WorkerPool pool(4);
    Evaluator evaluator(on_device(*encoding, "auto", count), kBlock, kClasses, pool);
    for (int round = 0; round < 3; ++round) {
      const Span<const float> found = evaluator.evaluate(items).confidences;
      if (expected.empty()) expected.assign(found.begin(), found.end());
      ASSERT_EQ(std::vector<float>(found.begin(), found.end()), expected) << count;
    }
  }
}

}  // namespace
}  // namespace fool
