#include <gmock/gmock.h>

#include <opencv2/imgcodecs.hpp>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "data/data_files.h"
#include "fakes/environment.h"
#include "fakes/scratch_folder.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/data/csv.h"
#include "fool/data/dataset.h"
#include "fool/model/model_spec.h"
#include "train/bar_dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

// A folder of networks and one of eight small photos in four classes.
class ModelsCheckCommand : public testing::Test {
 protected:
  ModelsCheckCommand() {
    cv::Mat image(20, 24, CV_8UC3);
    for (int i = 0; i < 8; ++i) {
      cv::randu(image, 0, 256);
      std::vector<std::uint8_t> bytes;
      cv::imencode(".png", image, bytes);
      put(scratch_, "pictures/class" + std::to_string(i / 2) + "/" + std::to_string(i) + ".png",
          {bytes.begin(), bytes.end()});
    }
  }
  std::string card(Json changes = Json::object()) const {
    Json json = fake_card(12, 16);
    json.update(changes);
    return write_fake_card(scratch_.path(), json);
  }
  InProcess check(const std::string& model, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"models", "check", model, "--progress", "off"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }
  std::string pictures() const { return (scratch_ / "pictures").string(); }

  ScratchFolder scratch_;
};

TEST_F(ModelsCheckCommand, TellsWhatBecomesOfEachImage) {
  const std::string csv = (scratch_ / "images.csv").string();
  const InProcess result = check(card(), {"--data", pictures(), "--csv", csv, "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const CsvTable table(read_file(csv), csv);
  ASSERT_EQ(table.size(), 8U);
  int correct = 0;
  double confidences = 0;
  for (std::size_t row = 0; row < table.size(); ++row) {
    EXPECT_EQ(table.integer_at(row, table.column("label")), static_cast<int>(row / 2));
    correct += table.at(row, table.column("top1")) == table.at(row, table.column("label")) ? 1 : 0;
    confidences += std::stod(table.at(row, table.column("top1_confidence")));
  }
  const Json accuracy = Json::parse(result.out).at("accuracy");
  EXPECT_EQ(accuracy.at("top1_correct"), correct);
  EXPECT_NEAR(accuracy.at("mean_confidence"), confidences / 8, 1e-6);
}

TEST_F(ModelsCheckCommand, MeasuresAccuracyAndFindsTheSameTwice) {
  const InProcess first = check(card(), {"--data", pictures(), "--json"});
  ASSERT_EQ(first.code, 0) << first.err;
  const Json report = Json::parse(first.out);
  const Json& accuracy = report.at("accuracy");
  EXPECT_EQ(accuracy.at("data"), "pictures");
  EXPECT_EQ(accuracy.at("rule"), "whole_photo_resized");
  EXPECT_EQ(accuracy.at("images"), 8);
  EXPECT_GT(accuracy.at("mean_confidence"), 0);
  EXPECT_TRUE(report.at("on_card").is_null());
  EXPECT_EQ(report.at("passed"), true);

  const std::string again = card({{"measured", {accuracy}}});
  const InProcess second = check(again, {"--data", pictures()});
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("on 8 images of pictures, whole_photo_resized; the card says"));
  EXPECT_THAT(second.out, testing::ContainsRegex("top-1 +[01]\\.[0-9]{4}   [01]\\.[0-9]{4}\n"));
  const InProcess cropped = check(again, {"--data", pictures(), "--rule", "centre_crop"});
  EXPECT_THAT(cropped.out, HasSubstr("centre_crop; nothing on the card to compare with"));
  EXPECT_THAT(check(again, {"--data", pictures(), "--limit", "3"}).out, HasSubstr("on 3 images"));
}

TEST_F(ModelsCheckCommand, AnotherAccuracyThanTheCardsFailsTheCheck) {
  Json accuracy = Json::parse(check(card(), {"--data", pictures(), "--json"}).out).at("accuracy");
  accuracy["mean_confidence"] = accuracy["mean_confidence"].get<double>() + 0.02;
  const InProcess result = check(card({{"measured", {accuracy}}}), {"--data", pictures()});
  EXPECT_EQ(result.code, kCheckFailed);
  EXPECT_THAT(result.err, HasSubstr("fake is over 1 % from the accuracy on its card"));
}

TEST_F(ModelsCheckCommand, OtherOutputsThanRecordedEndIn4) {
  put(scratch_, "golden.json",
      R"({"tolerance": 1e-4, "inputs": [{"input": "synthetic", "rgb_sha256": "0", "top5": []}]})");
  const InProcess result = check(card({{"golden", "golden.json"}}), {"--data", pictures()});
  EXPECT_EQ(result.code, 4);
  EXPECT_THAT(result.out, HasSubstr("the pixels are not those that were recorded"));
  EXPECT_THAT(result.err, HasSubstr("fake does not give the outputs recorded in"));
}

TEST_F(ModelsCheckCommand, LowAccuracyMakesItTryOtherInputs) {
  Json accuracy = Json::parse(check(card(), {"--data", pictures(), "--json"}).out).at("accuracy");
  accuracy["top1"] = 1.0;  // so that the hash's guesses look like a mistake
  const std::string path = card({{"measured", {accuracy}}});
  const InProcess result = check(path, {"--data", pictures()});
  EXPECT_EQ(result.code, kCheckFailed);
  EXPECT_THAT(result.out, HasSubstr("hint      "));
  const Json report = Json::parse(check(path, {"--data", pictures(), "--json"}).out);
  EXPECT_EQ(report.at("inputs_tried").size(), 10U);
  EXPECT_FALSE(report.at("hints").empty());
}

// SqueezeNet 1.1 under a card with mistakes that people make.
TEST_F(ModelsCheckCommand, FindsTheInputThatANetworkWasTrainedWith) {
  const char* models = std::getenv("FOOL_MODEL_PATH");
  const char* data = std::getenv("FOOL_DATA_PATH");
  if (models == nullptr || data == nullptr) {
    GTEST_SKIP() << "FOOL_MODEL_PATH or FOOL_DATA_PATH is not set";
  }
  ModelSpec spec;
  std::string photos;
  try {
    spec = ModelFinder::from_environment().find("squeezenet1_1");
    photos = find_data("photos", "").string();
  } catch (const Error& error) {
    GTEST_SKIP() << error.what();
  }
  if (!std::filesystem::exists(spec.weights)) GTEST_SKIP() << "no weights of squeezenet1_1";
  Json wrong = spec.raw;
  wrong.erase("golden");
  wrong.erase("measured");
  wrong.erase("labels");
  wrong["weights"] = spec.weights.string();
  wrong["input"]["channels"] = "RGB";
  wrong["input"]["range"] = "0..1";
  wrong["input"]["mean"] = {0.485, 0.456, 0.406};
  wrong["input"]["std"] = {0.229, 0.224, 0.225};
  const std::string card = put(scratch_, "wrong.json", wrong.dump());
  const InProcess result = check(card, {"--data", photos, "--limit", "24"});
  EXPECT_EQ(result.code, 0) << result.err;  // nothing on the card to compare with
  EXPECT_THAT(
      result.out,
      HasSubstr("hint      with channels BGR, range 0..255, mean 104 117 123, std 1 1 1 the "
                "top-1 is 0."));
}

TEST_F(ModelsCheckCommand, WithoutDataItChecksTheRest) {
  const ScopedVariable variable("FOOL_DATA_PATH", "/nonexistent");
  const InProcess result = check(card());
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("not measured: data set \"photos\" not found"));
  EXPECT_EQ(check(card(), {"--data", "/nonexistent"}).code, 5);
}

TEST_F(ModelsCheckCommand, TheCardMayNameItsDataSet) {
  put_mnist_files(scratch_, BarDataset(5, 1), BarDataset(40, 2));
  const std::string gray = card({{"dataset", "mnist"},
                                 {"input",
                                  {{"height", 28},
                                   {"width", 28},
                                   {"channels", "GRAY"},
                                   {"range", "0..1"},
                                   {"mean", {0}},
                                   {"std", {1}}}}});
  const InProcess result = check(gray, {"--data", scratch_.path()});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("on 40 images of mnist;"));
}

TEST_F(ModelsCheckCommand, WrongUseIsAUsageError) {
  EXPECT_EQ(check(card(), {"--rule", "crop"}).code, 2);
  EXPECT_EQ(check(card(), {"--limit", "-1"}).code, 2);
}

}  // namespace
}  // namespace fool
