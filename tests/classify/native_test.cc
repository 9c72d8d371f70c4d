#include <gmock/gmock.h>

#include <cstdlib>
#include <limits>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"
#include "fool/core/files.h"
#include "model/checkpoint_writer.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kClasses = 10;

class Native : public ::testing::Test {
 protected:
  Native() { write_safetensors(file_, lenet_weights(kClasses).views); }

  std::string message_for(const ModelSpec& spec) {
    return error_message(ErrorKind::kModel, [&] { open_classifier(spec); });
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "lenet.safetensors";
  ModelSpec spec_ = lenet_spec(file_, kClasses);
};

TEST_F(Native, RefusesAnUnknownArchitecture) {
  spec_.architecture = "lennet";
  EXPECT_THAT(message_for(spec_),
              AllOf(HasSubstr("lenet.json: there is no built-in network \"lennet\", did you mean "
                              "\"lenet\"?; known: alexnet, bvlc_alexnet, "),
                    HasSubstr("TorchScript")));
}

TEST_F(Native, RefusesOptionsOfAnotherNetwork) {
  spec_.options = {{"conv10_padding", 1}};
  EXPECT_THAT(message_for(spec_), AllOf(HasSubstr("lenet.json: "), HasSubstr("conv10_padding")));
}

TEST_F(Native, RefusesWeightsOfAnotherShape) {
  spec_.classes = 12;
  EXPECT_THAT(message_for(spec_),
              AllOf(HasSubstr("lenet.safetensors: expected 8 tensors, found 8: 2 of another shape"),
                    HasSubstr("fc2.weight: expected [12, 500], found [10, 500]")));
  spec_.classes = kClasses;
  spec_.architecture = "squeezenet1_1";
  spec_.input = colour_spec(file_, 64, kClasses).input;
  EXPECT_THAT(message_for(spec_),
              AllOf(HasSubstr("expected 52 tensors, found 8: 52 missing (features.0.weight [64, 3, "
                              "3, 3], features.0.bias [64], "),
                    HasSubstr("...); 8 unexpected (conv1.bias [20], ")));
}

TEST_F(Native, RefusesTruncatedAndForeignFiles) {
  const std::string bytes = read_file(file_);
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, bytes.size() - 1}) {
    write_file(file_, bytes.substr(0, size));
    EXPECT_THAT(message_for(spec_), HasSubstr("lenet.safetensors: ")) << size;
  }
  write_file(file_, std::string(5000, 'x'));
  EXPECT_THAT(message_for(spec_), HasSubstr("the file is of no known format"));
}

TEST_F(Native, ReportsDamagedWeights) {
  RandomWeights weights = lenet_weights(kClasses);
  weights.values["fc1.bias"][3] = std::numeric_limits<float>::quiet_NaN();
  write_safetensors(file_, weights.views);
  const auto classifier = open_classifier(spec_);
  std::vector<float> out(kClasses);
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] {
                              classifier->classify(random_images(1, {28, 28, 1}), out);
                            }),
              HasSubstr("lenet: the network's output is not a number"));
}

TEST_F(Native, ReportsANetworkThatSeesNothing) {
  RandomWeights weights = lenet_weights(kClasses);
  std::fill(weights.values["conv1.weight"].begin(), weights.values["conv1.weight"].end(), 0.0F);
  write_safetensors(file_, weights.views);
  const auto blind = open_classifier(spec_);
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { require_varying_output(*blind); }),
              HasSubstr("lenet: the network gives the same output"));
}

// The same weights in each of PyTorch's containers.
std::map<std::string, std::string> pytorch_files(const NamedTensors& weights) {
  const SavedCheckpoint checkpoint = saved(weights.tensors);
  return {{"zip", zip_checkpoint(checkpoint)},
          {"stream", stream_checkpoint(checkpoint)},
          {"tar", tar_checkpoint(checkpoint)}};
}

std::vector<float> logits_of(const ModelSpec& spec, const ImageBatch& images) {
  std::vector<float> logits(static_cast<std::size_t>(images.count() * spec.classes));
  open_classifier(spec)->logits(images, logits);
  return logits;
}

TEST_F(Native, TakesPyTorchFilesOfEveryContainer) {
  const ImageBatch images = random_images(2, spec_.input.shape());
  const std::vector<float> expected = logits_of(spec_, images);
  for (const auto& [container, bytes] : pytorch_files(read_safetensors(file_))) {
    spec_.weights = folder_ / (container + ".pth");
    spec_.format = "pytorch";
    write_file(spec_.weights, bytes);
    EXPECT_EQ(logits_of(spec_, images), expected) << container;
  }
}

TEST_F(Native, SqueezeNetGivesTheSameLogitsFromEveryContainer) {
  if (std::getenv("FOOL_MODEL_PATH") == nullptr) GTEST_SKIP() << "FOOL_MODEL_PATH is not set";
  ModelSpec spec = ModelFinder::from_environment().find("squeezenet1_1");
  if (!std::filesystem::exists(spec.weights)) GTEST_SKIP() << "no weights of squeezenet1_1";
  const ImageBatch images = random_images(2, spec.input.shape());
  const std::vector<float> expected = logits_of(spec, images);
  const NamedTensors weights = read_safetensors(spec.weights);
  for (const auto& [container, bytes] : pytorch_files(weights)) {
    spec.weights = folder_ / (container + ".pth");
    spec.format = "pytorch";
    spec.sha256.clear();
    write_file(spec.weights, bytes);
    EXPECT_EQ(logits_of(spec, images), expected) << container;
  }
}

// An untrained network is no reason to complain.
TEST_F(Native, AcceptsRandomWeights) { require_varying_output(*open_classifier(spec_)); }

}  // namespace
}  // namespace fool
