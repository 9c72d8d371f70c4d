#include "fool/train/trained_model.h"

#include <gmock/gmock.h>

#include "data/data_files.h"
#include "fakes/expect_error.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "train/bar_dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

TrainResult trained() {
  const BarDataset train(300, 1);
  const BarDataset test(50, 2);
  return train_lenet(train, test,
                     train_options(train_parameters().resolve({{"epochs", 2}}, "train")));
}

std::string message_of(ErrorKind kind, const std::filesystem::path& path) {
  return error_message(kind, [&] { require_model_path(path); });
}

TEST(TrainedModel, OpensAsAClassifierThatGivesTheMeasuredAccuracy) {
  const ScratchFolder folder;
  const TrainResult result = trained();
  const auto file = folder.path() / "deeper" / "bars.safetensors";
  const Json card =
      write_lenet(file, result, {"bars", "fool train", {{"epochs", 2}}, "2015-06-07T08:09:10Z"});
  EXPECT_EQ(card.at("sha256"), sha256_file(file));
  EXPECT_EQ(card.at("trained_by").at("command"), "fool train");
  EXPECT_EQ(card.at("trained_by").at("history").size(), 2U);
  EXPECT_EQ(card.at("measured").at(0).at("top1_correct"), result.test_correct);

  const ModelSpec spec = read_card(folder.path() / "deeper" / "bars.json");
  EXPECT_EQ(spec.name, "bars");
  EXPECT_EQ(spec.label(9), "9");
  const auto classifier = open_classifier(spec);
  const BarDataset test(50, 2);
  ImageBatch images(50, {28, 28, 1});
  for (int i = 0; i < 50; ++i) {
    const LabelledImage item = test.at(i);
    std::copy(item.image.bytes().begin(), item.image.bytes().end(), images[i].data);
  }
  std::vector<float> confidences(50 * 10);
  classifier->classify(images, confidences);
  int correct = 0;
  for (int i = 0; i < 50; ++i) {
    const auto row = confidences.begin() + i * 10;
    correct += std::max_element(row, row + 10) - row == i % 10;
  }
  EXPECT_EQ(correct, result.test_correct);
}

TEST(TrainedModel, RefusesAPathThatCannotBeWritten) {
  const ScratchFolder folder;
  EXPECT_THAT(message_of(ErrorKind::kUsage, folder.path() / "a.pt"),
              HasSubstr("a.pt: expected a file name that ends in .safetensors"));
  const auto file = put(folder, "file", "x");
  EXPECT_THAT(message_of(ErrorKind::kIo, file / "a.safetensors"), HasSubstr("file cannot be made"));
  EXPECT_NO_THROW(require_model_path(folder.path() / "new" / "a.safetensors"));
  EXPECT_TRUE(
      std::filesystem::is_empty(folder.path() / "new"));  // the question leaves nothing behind
}

}  // namespace
}  // namespace fool
