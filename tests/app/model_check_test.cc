#include "app/model_check.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>

#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/error.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using testing::HasSubstr;

// Seven classes. An image whose first pixel is v gets the logits 6, 5, ... 0 for the classes v, v +
// 1, ... modulo 7.
class StairClassifier final : public Classifier {
 public:
  explicit StairClassifier(ImageShape shape) {
    info_.classes = 7;
    info_.shape = shape;
  }
  const ClassifierInfo& info() const override { return info_; }
  void logits(const ImageBatch& images, Span<float> logits) override {
    for (int b = 0; b < images.count(); ++b) {
      for (int r = 0; r < 7; ++r) {
        logits[static_cast<std::size_t>(7 * b + (images[b].data[0] + r) % 7)] =
            static_cast<float>(6 - r);
      }
    }
  }
  void classify(const ImageBatch& images, Span<float> probabilities) override {
    logits(images, probabilities);
    for (float& value : probabilities) value = std::exp(value) / 1096.633158F * 0.632696F;
  }
  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<StairClassifier>(*this);
  }
  const StageTimes& times() const override { return times_; }

 private:
  ClassifierInfo info_;
  StageTimes times_;
};

// Grey images of one pixel: v[i], labelled labels[i].
class PixelDataset final : public Dataset {
 public:
  PixelDataset(std::vector<int> values, std::vector<int> labels)
      : values_(std::move(values)), labels_(std::move(labels)) {}
  int size() const override { return static_cast<int>(values_.size()); }
  int classes() const override { return 7; }
  LabelledImage at(int index) const override {
    const auto i = static_cast<std::size_t>(index);
    LabelledImage item{ImageBatch(1, {1, 1, 1}), labels_[i], "pixel " + std::to_string(index)};
    item.image[0].data[0] = static_cast<std::uint8_t>(values_[i]);
    return item;
  }

 private:
  std::vector<int> values_;
  std::vector<int> labels_;
};

Accuracy measure(const Dataset& dataset, int limit = 0, int workers = 1) {
  WorkerPool pool(workers);
  return measure_accuracy(dataset, StairClassifier({1, 1, 1}), PhotoRule::centre_crop(), limit,
                          pool, [](int) {});
}

constexpr float kFirst =
    0.632696F / 1096.633158F * 403.428793F;  // confidence of every first choice

TEST(MeasureAccuracy, CountsFirstAndFirstFiveChoices) {
  // Labels 0, 1, 4, 5 and 6 places behind the first choice.
  const Accuracy accuracy = measure(PixelDataset({0, 1, 2, 3, 14}, {0, 2, 6, 1, 6}));
  EXPECT_EQ(accuracy.images, 5);
  EXPECT_EQ(accuracy.top1_correct, 1);
  EXPECT_EQ(accuracy.top5_correct, 3);
  EXPECT_EQ(accuracy.top1_one_less, 1);
  EXPECT_EQ(accuracy.top1_one_more, 0);
  EXPECT_NEAR(accuracy.mean_confidence, kFirst, 1e-6);
}

TEST(MeasureAccuracy, CountsChoicesThatAreOneOff) {
  const Accuracy accuracy = measure(PixelDataset({1, 2, 3, 6}, {0, 1, 2, 5}));
  EXPECT_EQ(accuracy.top1_correct, 0);
  EXPECT_EQ(accuracy.top1_one_more, 4);
  EXPECT_EQ(accuracy.top1_one_less, 0);
}

TEST(MeasureAccuracy, WorkersChangeNothing) {
  std::vector<int> values;
  std::vector<int> labels;
  for (int i = 0; i < 201; ++i) {
    values.push_back(i % 250);
    labels.push_back(i * i % 7);
  }
  const PixelDataset dataset(values, labels);
  const Accuracy one = measure(dataset);
  EXPECT_GT(one.top1_correct, 0);
  for (const int workers : {2, 3}) {
    const Accuracy more = measure(dataset, 0, workers);
    EXPECT_EQ(more.images, 201);
    EXPECT_EQ(more.top1_correct, one.top1_correct);
    EXPECT_EQ(more.top5_correct, one.top5_correct);
    EXPECT_EQ(more.mean_confidence, one.mean_confidence);
  }
}

TEST(MeasureAccuracy, ALimitTakesImagesFromTheWholeSet) {
  // Right only in the second half, where the labels are the values.
  const PixelDataset dataset({0, 0, 0, 0, 1, 2, 3, 4}, {1, 1, 1, 1, 1, 2, 3, 4});
  const Accuracy four = measure(dataset, 4);
  EXPECT_EQ(four.images, 4);
  EXPECT_EQ(four.top1_correct, 2);
  EXPECT_EQ(measure(dataset, 100).images, 8);
}

TEST(MeasureAccuracy, TellsHowFarItIs) {
  const PixelDataset dataset(std::vector<int>(100, 0), std::vector<int>(100, 0));
  std::vector<int> done;
  WorkerPool pool(1);
  measure_accuracy(dataset, StairClassifier({1, 1, 1}), PhotoRule::centre_crop(), 0, pool,
                   [&](int count) { done.push_back(count); });
  EXPECT_THAT(done, testing::ElementsAre(32, 64, 96, 100));
}

TEST(MeasureAccuracy, RefusesLabelsThatTheNetworkDoesNotHave) {
  EXPECT_THAT(error_message(ErrorKind::kData,
                            [] {
                              measure(PixelDataset({0, 0}, {0, 7}));
                            }),
              HasSubstr("pixel 1: expected a class of the network, 0..6, found 7"));
  EXPECT_THAT(error_message(ErrorKind::kData, [] { measure(PixelDataset({0}, {-1})); }),
              HasSubstr("found no label"));
}

TEST(RecordedAccuracy, IsOfTheSameDataRuleAndNumber) {
  ModelSpec spec;
  spec.raw = {{"measured",
               {{{"data", "photos"},
                 {"rule", "centre_crop"},
                 {"images", 5},
                 {"top1", 0.4},
                 {"top5", 0.8},
                 {"mean_confidence", 0.5}},
                {{"data", "mnist"}, {"images", 5}, {"top1", 0.6}}}}};
  const auto photos = recorded_accuracy(spec, {"photos", "centre_crop", 5, 1, 3, 0.25});
  ASSERT_TRUE(photos);
  EXPECT_EQ(photos->top1, 0.4);
  EXPECT_EQ(photos->top5, 0.8);
  EXPECT_EQ(photos->mean_confidence, 0.5);
  const auto mnist = recorded_accuracy(spec, {"mnist", "", 5, 1, 3, 0.25});
  ASSERT_TRUE(mnist);
  EXPECT_EQ(mnist->top1, 0.6);
  EXPECT_EQ(mnist->top5, std::nullopt);
  EXPECT_FALSE(recorded_accuracy(spec, {"photos", "whole_photo_resized", 5, 1, 3, 0.25}));
  EXPECT_FALSE(recorded_accuracy(spec, {"photos", "centre_crop", 4, 1, 3, 0.25}));
  spec.raw = {{"measured", {{{"data", 3}}}}};
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] {
                              recorded_accuracy(spec, {"photos", "", 5, 1, 3, 0.25});
                            }),
              HasSubstr("key \"measured\""));
}

// A golden file for the classifier of stairs: its synthetic image begins with pixel 0.
class Golden : public testing::Test {
 protected:
  Golden() {
    spec_.classes = 7;
    spec_.output = OutputKind::kLogits;
    spec_.golden = folder_ / "stairs.golden.json";
    const std::string pixels("\0\x11", 2);  // 31 h + 17 w for one row of two
    golden_ = {{"tolerance", 1e-4},
               {"inputs",
                {{{"input", "synthetic"},
                  {"rgb_sha256", sha256_hex(pixels)},
                  {"top5", {{{"class", 0}, {"logit", 6.0}, {"probability", kFirst}}}},
                  {"logits_first5", {6.0, 5.0, 4.0, 3.0, 2.0}},
                  {"logits_sum", 21.0},
                  {"logits_min", 0.0},
                  {"logits_max", 6.0}}}}};
  }
  std::vector<GoldenCheck> check() {
    write_file(spec_.golden, golden_.dump());
    StairClassifier classifier({1, 2, 1});
    return check_golden(spec_, classifier);
  }
  Json& input() { return golden_["inputs"][0]; }

  ScratchFolder folder_;
  ModelSpec spec_;
  Json golden_;
};

TEST_F(Golden, PassesWhereAllIsAsRecorded) {
  const auto checks = check();
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].input, "synthetic");
  EXPECT_EQ(checks[0].problem, "");
  EXPECT_LE(checks[0].difference, 1e-6);
  EXPECT_TRUE(checks[0].passed());
}

TEST_F(Golden, EveryRecordedNumberCounts) {
  const Json whole = golden_;
  const auto fails = [&](const char* pointer, double value, double difference) {
    golden_ = whole;
    input()[Json::json_pointer(pointer)] = value;
    const GoldenCheck found = check().at(0);
    EXPECT_FALSE(found.passed()) << pointer;
    EXPECT_NEAR(found.difference, difference, 1e-6) << pointer;
  };
  fails("/top5/0/logit", 6.001, 0.001);
  fails("/top5/0/probability", kFirst + 0.01, 0.01);
  fails("/logits_first5/3", 3.5, 0.5);
  fails("/logits_sum", 21.7, 0.1);
  fails("/logits_min", -1.0, 1.0);
  fails("/logits_max", 7.0, 1.0);
}

TEST_F(Golden, OtherPixelsAreAProblem) {
  input()["rgb_sha256"] = std::string(64, '0');
  const GoldenCheck found = check().at(0);
  EXPECT_FALSE(found.passed());
  EXPECT_THAT(found.problem, HasSubstr("the pixels are not those that were recorded"));
}

TEST_F(Golden, AMissingPhotoIsAProblem) {
  input()["input"] = "photo";
  input()["file"] = "beetle.jpg";
  const GoldenCheck found = check().at(0);
  EXPECT_EQ(found.input, "beetle.jpg");
  EXPECT_FALSE(found.passed());
  EXPECT_THAT(found.problem, HasSubstr((folder_ / "golden_photos/beetle.png").string()));
}

TEST_F(Golden, AMalformedFileIsAnError) {
  input().erase("logits_sum");
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { check(); }),
              HasSubstr("is no file of recorded outputs"));
  input()["logits_sum"] = 21.0;
  input()["top5"][0]["class"] = 7;
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { check(); }),
              HasSubstr("records a class that the network of 7 classes does not have"));
  spec_.golden = folder_ / "missing.json";
  StairClassifier classifier({1, 2, 1});
  EXPECT_THROW(check_golden(spec_, classifier), Error);
  spec_.golden.clear();
  EXPECT_TRUE(check_golden(spec_, classifier).empty());
}

// Null where fool has no network of the card's architecture.
std::unique_ptr<Classifier> open_known(const ModelSpec& spec) {
  try {
    return open_classifier(spec);
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no built-in network"));
    return nullptr;
  }
}

// The networks in FOOL_MODEL_PATH that come with recorded outputs.
TEST(GoldenOfRealNetworks, AgreesTo1e4) {
  int networks = 0;
  for (const ModelSpec& spec : ModelFinder::from_environment().list()) {
    if (spec.golden.empty() || !std::filesystem::exists(spec.weights)) continue;
    const auto classifier = open_known(spec);
    if (!classifier) continue;
    ++networks;
    require_varying_output(*classifier);
    for (const GoldenCheck& check : check_golden(spec, *classifier)) {
      EXPECT_EQ(check.problem, "") << spec.name << ", " << check.input;
      EXPECT_LE(check.difference, 1e-4) << spec.name << ", " << check.input;
    }
  }
  if (networks == 0) GTEST_SKIP() << "FOOL_MODEL_PATH has no networks with recorded outputs";
}

}  // namespace
}  // namespace fool
