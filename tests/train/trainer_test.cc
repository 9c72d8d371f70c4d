#include "fool/train/trainer.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "fakes/expect_error.h"
#include "fool/core/error.h"
#include "train/bar_dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

TrainOptions options(const Json& settings = Json::object(), int workers = 1) {
  Json small{{"epochs", 1}, {"batch_size", 30}};
  small.update(settings);
  TrainOptions result = train_options(train_parameters().resolve(small, "train"));
  result.workers = workers;
  return result;
}

// Names and bytes of all weights.
std::map<std::string, std::string> bits(const TrainResult& result) {
  std::map<std::string, std::string> all;
  for (const auto& [name, tensor] : result.weights.tensors) all[name] = std::string(tensor.bytes);
  return all;
}

std::string message_of(ErrorKind kind, const Dataset& data, const TrainOptions& how) {
  return error_message(kind, [&] { train_lenet(data, data, how); });
}

TEST(Trainer, LearnsAnEasyTask) {
  const BarDataset train(600, 1);
  const BarDataset test(100, 2);
  TrainWatcher watcher;
  std::int64_t steps = 0;
  int epochs = 0;
  watcher.on_step = [&](const TrainProgress& progress) {
    EXPECT_EQ(progress.step, ++steps);
    EXPECT_EQ(progress.steps, 60);
    EXPECT_GE(progress.accuracy, 0.0);
    EXPECT_LE(progress.accuracy, 1.0);
  };
  watcher.on_epoch = [&](const EpochReport& report) { EXPECT_EQ(report.epoch, ++epochs); };
  const TrainResult result = train_lenet(train, test, options({{"epochs", 3}}), watcher);
  EXPECT_EQ(steps, 60);
  EXPECT_EQ(epochs, 3);
  ASSERT_EQ(result.history.size(), 3U);
  EXPECT_LT(result.history[2].loss, result.history[0].loss);
  EXPECT_EQ(result.test_size, 100);
  EXPECT_GE(result.test_correct, 98);
  EXPECT_EQ(result.history[2].test_accuracy, result.test_accuracy());
}

TEST(Trainer, GivesTheParametersOfLeNet) {
  const BarDataset data(30, 1);
  const TrainResult result = train_lenet(data, data, options());
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const auto& [name, tensor] : result.weights.tensors) {
    EXPECT_EQ(tensor.dtype, DType::kF32);
    EXPECT_EQ(tensor.bytes.size(), static_cast<std::size_t>(tensor.elements()) * 4);
    shapes[name] = tensor.shape;
  }
  const std::map<std::string, std::vector<std::int64_t>> expected{
      {"conv1.weight", {20, 1, 5, 5}},  {"conv1.bias", {20}},
      {"conv2.weight", {50, 20, 5, 5}}, {"conv2.bias", {50}},
      {"fc1.weight", {500, 800}},       {"fc1.bias", {500}},
      {"fc2.weight", {10, 500}},        {"fc2.bias", {10}}};
  EXPECT_EQ(shapes, expected);
}

// 70 images in batches of 30: the last batch is short, and does not divide by the number of shards.
TEST(Trainer, WorkersDoNotChangeABit) {
  const BarDataset data(70, 1);
  const auto one = bits(train_lenet(data, data, options()));
  EXPECT_EQ(bits(train_lenet(data, data, options(Json::object(), 2))), one);
  EXPECT_EQ(bits(train_lenet(data, data, options(Json::object(), 7))), one);
}

TEST(Trainer, TheSeedAndEveryOptionMatter) {
  const BarDataset data(70, 1);
  const auto base = bits(train_lenet(data, data, options()));
  for (const Json& changed :
       {Json{{"seed", 2}}, Json{{"shift", 0}}, Json{{"momentum", 0.5}}, Json{{"weight_decay", 0.1}},
        Json{{"learning_rate", 0.01}}, Json{{"batch_size", 31}}, Json{{"epochs", 2}}}) {
    EXPECT_NE(bits(train_lenet(data, data, options(changed))), base) << changed.dump();
  }
}

TEST(Trainer, TakesBatchesSmallerThanTheNumberOfShards) {
  const BarDataset data(5, 1);
  for (const auto& [name, bytes] : bits(train_lenet(data, data, options({{"batch_size", 2}})))) {
    float value = 0;
    for (std::size_t i = 0; i < bytes.size(); i += sizeof value) {
      std::memcpy(&value, bytes.data() + i, sizeof value);
      ASSERT_TRUE(std::isfinite(value)) << name;
    }
  }
}

TEST(Trainer, AWatcherMayEndIt) {
  struct Enough {};
  const BarDataset data(70, 1);
  TrainWatcher watcher;
  watcher.on_step = [](const TrainProgress& progress) {
    if (progress.step == 2) throw Enough{};
  };
  EXPECT_THROW(train_lenet(data, data, options(), watcher), Enough);
}

TEST(Trainer, RefusesImagesOfAnotherShape) {
  EXPECT_THAT(
      message_of(ErrorKind::kData, BarDataset(3, 1, {28, 29, 1}), options()),
      HasSubstr(
          "bar 0: LeNet learns from grey images of 28x28, this one has 29x28 pixels of 1 byte"));
  EXPECT_THAT(message_of(ErrorKind::kData, BarDataset(3, 1, {28, 28, 3}), options()),
              HasSubstr("of 3 bytes"));
}

// A data set whose labels cannot be.
class Mislabelled final : public Dataset {
 public:
  Mislabelled(int classes, int label) : classes_(classes), label_(label) {}
  int size() const override { return 1; }
  int classes() const override { return classes_; }
  LabelledImage at(int) const override { return {ImageBatch(1, {28, 28, 1}), label_, "odd one"}; }

 private:
  int classes_;
  int label_;
};

TEST(Trainer, RefusesLabelsOutOfRange) {
  EXPECT_THAT(message_of(ErrorKind::kData, Mislabelled(10, 10), options()),
              HasSubstr("odd one: expected a class 0..9, found 10"));
  EXPECT_THAT(message_of(ErrorKind::kData, Mislabelled(10, -1), options()), HasSubstr("found -1"));
  EXPECT_THAT(message_of(ErrorKind::kData, Mislabelled(0, -1), options()),
              HasSubstr("has no classes"));
}

TEST(Trainer, SaysWhenItDiverges) {
  const BarDataset data(300, 1);
  EXPECT_THAT(message_of(ErrorKind::kConfig, data,
                         options({{"learning_rate", 10.0}, {"momentum", 0.999}, {"epochs", 5}})),
              HasSubstr("the loss is no longer a number; a learning rate below 10 may help"));
}

TEST(TrainParameters, HaveRanges) {
  EXPECT_THROW(options({{"epochs", 0}}), Error);
  EXPECT_THROW(options({{"learning_rate", -0.1}}), Error);
  EXPECT_THROW(options({{"momentum", 1.0}}), Error);
  EXPECT_THROW(options({{"epoch", 3}}), Error);
  EXPECT_EQ(options({{"seed", 7}}).seed, 7U);
}

}  // namespace
}  // namespace fool
