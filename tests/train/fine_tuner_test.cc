#include "fool/train/fine_tuner.h"

#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "fool/train/trained_model.h"
#include "train/bar_dataset.h"
#include "train/random_built_in.h"

namespace fool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

FineTuneOptions options(const Json& settings = Json::object(), bool all = false, int workers = 1) {
  Json small{{"epochs", 1}, {"batch_size", 10}, {"learning_rate", 0.01}};
  small.update(settings);
  FineTuneOptions result = fine_tune_options(fine_tune_parameters().resolve(small, "fine_tune"));
  result.all_layers = all;
  result.workers = workers;
  return result;
}

// Bars of ten classes; every fifth image is a fooling one, all grey.
LabelledBatch bars(int count, ImageShape shape = {28, 28, 1}) {
  const BarDataset data(count, 1, shape);
  LabelledBatch batch{ImageBatch(count, shape), {}};
  for (int i = 0; i < count; ++i) {
    const LabelledImage item = data.at(i);
    const bool fooling = i % 5 == 4;
    std::copy(item.image.bytes().begin(), item.image.bytes().end(), batch.images[i].data);
    if (fooling) std::fill_n(batch.images[i].data, shape.size(), std::uint8_t{128});
    batch.labels.push_back(fooling ? 10 : item.label);
  }
  return batch;
}

std::map<std::string, std::string> bits(const FineTuned& tuned) {
  std::map<std::string, std::string> all;
  for (const auto& [name, tensor] : tuned.weights.tensors) all[name] = std::string(tensor.bytes);
  return all;
}

class FineTuner : public testing::Test {
 protected:
  const ScratchFolder folder_;
  const ModelSpec lenet_ = write_random_network(folder_, "lenet", 10, 28);
};

TEST_F(FineTuner, TheLastLayerLearnsOrAllOfThem) {
  const NamedTensors before = read_safetensors(lenet_.weights);
  const FineTuned last = fine_tune(lenet_, bars(30), options());
  EXPECT_THAT(last.layers, ElementsAre("fc2.weight", "fc2.bias"));
  EXPECT_EQ(last.weights.tensors.at("fc2.weight").shape, (std::vector<std::int64_t>{11, 500}));
  EXPECT_EQ(bits(last)["conv1.weight"], before.tensors.at("conv1.weight").bytes);
  EXPECT_NE(bits(last)["fc2.weight"].substr(0, 20'000), before.tensors.at("fc2.weight").bytes);

  const FineTuned all = fine_tune(lenet_, bars(30), options(Json::object(), true));
  EXPECT_EQ(all.layers.size(), 8U);
  EXPECT_NE(bits(all)["conv1.weight"], before.tensors.at("conv1.weight").bytes);
}

TEST_F(FineTuner, LearnsWhatFoolingImagesLookLike) {
  int steps = 0;
  const FineTuned tuned = fine_tune(lenet_, bars(200), options({{"epochs", 6}}, true),
                                    [&](const TrainProgress& at) { EXPECT_EQ(at.step, ++steps); });
  EXPECT_EQ(steps, 6 * 20);
  ASSERT_EQ(tuned.history.size(), 6U);
  EXPECT_LT(tuned.history.back().loss, tuned.history.front().loss);

  const auto file = folder_ / "lenet-fooling.safetensors";
  write_fine_tuned(file, lenet_, tuned.weights, {{"command", "fool retrain"}}, Json::array());
  const ModelSpec spec = read_card(folder_ / "lenet-fooling.json");
  EXPECT_EQ(spec.classes, 11);
  EXPECT_EQ(spec.label(3), "3");
  EXPECT_EQ(spec.label(10), "fooling");
  EXPECT_TRUE(spec.urls.empty());
  EXPECT_EQ(spec.raw.at("trained_from").at("name"), "lenet");
  ImageBatch grey(1, {28, 28, 1});
  std::fill_n(grey[0].data, grey.bytes().size(), std::uint8_t{128});
  std::vector<float> confidences(11);
  open_classifier(spec)->classify(grey, confidences);
  EXPECT_GT(confidences[10], 0.9F);
}

TEST_F(FineTuner, WorkersDoNotChangeABit) {
  const auto one = bits(fine_tune(lenet_, bars(33), options(Json::object(), true)));
  EXPECT_EQ(bits(fine_tune(lenet_, bars(33), options(Json::object(), true, 3))), one);
  EXPECT_NE(bits(fine_tune(lenet_, bars(33), options({{"seed", 2}}, true))), one);
}

// With batch normalisation, whose statistics stay as they are. The very first step is one of length
// 0, so it takes two.
TEST_F(FineTuner, TakesNetworksWithBatchNormalisation) {
  const ModelSpec spec = write_random_network(folder_, "mobilenet_v2", 10, 64);
  const NamedTensors before = read_safetensors(spec.weights);
  for (const bool all : {false, true}) {
    const FineTuned tuned = fine_tune(spec, bars(8, {64, 64, 3}), options({{"epochs", 2}}, all, 2));
    std::map<std::string, std::string> after = bits(tuned);
    EXPECT_EQ(after.size(), before.tensors.size());
    for (const auto& [key, tensor] : before.tensors) {
      if (key.find("running") == std::string::npos) continue;
      EXPECT_EQ(after[key], tensor.bytes) << key;
    }
    // Random weights of so many layers pass hardly any gradient to the first ones.
    int learned = 0;
    for (const auto& [key, tensor] : before.tensors) {
      const bool of_features = key.compare(0, 8, "features") == 0;
      learned += of_features && after[key] != tensor.bytes ? 1 : 0;
    }
    if (all) {
      EXPECT_GT(learned, 20);
    } else {
      EXPECT_EQ(learned, 0);
    }
    const auto file = folder_ / "tuned.safetensors";
    write_fine_tuned(file, spec, tuned.weights, Json::object(), Json::array());
    EXPECT_EQ(open_classifier(read_card(folder_ / "tuned.json"))->info().classes, 11);
  }
}

TEST_F(FineTuner, RefusesWhatDoesNotFit) {
  const auto message = [&](ErrorKind kind, const ModelSpec& spec, const LabelledBatch& images,
                           const FineTuneOptions& how = options()) {
    return error_message(kind, [&] { fine_tune(spec, images, how); });
  };
  EXPECT_THAT(message(ErrorKind::kData, lenet_, bars(5, {28, 29, 1})),
              HasSubstr("expected images of 28x28, each with its class, found 5 of 29x28"));
  LabelledBatch odd = bars(5);
  odd.labels[2] = 11;
  EXPECT_THAT(message(ErrorKind::kData, lenet_, odd),
              HasSubstr("image 2: expected a class 0..10, found 11"));
  ModelSpec probabilities = lenet_;
  probabilities.output = OutputKind::kProbabilities;
  EXPECT_THAT(message(ErrorKind::kModel, probabilities, bars(5)), HasSubstr("gives logits"));
  EXPECT_THAT(message(ErrorKind::kConfig, lenet_, bars(50),
                      options({{"learning_rate", 10}, {"momentum", 0.999}, {"epochs", 40}}, true)),
              HasSubstr("the loss is no longer a number"));
}

}  // namespace
}  // namespace fool
