#include <gmock/gmock.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <cmath>
#include <thread>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kSize = 6;
constexpr int kClasses = 5;
constexpr ImageShape kShape = {kSize, kSize, 3};

class TorchScript : public ::testing::Test {
 protected:
  // Writes a module with the weight w and the given body of forward(self, x).
  ModelSpec write(const std::string& body) const {
    torch::manual_seed(1);
    torch::jit::Module module("net");
    module.register_parameter("w", torch::randn({3 * kSize * kSize, kClasses}) * 0.1, false);
    module.define("def forward(self, x):\n  " + body + "\n");
    const auto file = folder_ / "net.pt";
    module.save(file.string());
    return colour_spec(file, kSize, kClasses);
  }

  static std::vector<float> classify(Classifier& classifier, const ImageBatch& images) {
    std::vector<float> result(static_cast<std::size_t>(images.count()) * kClasses);
    classifier.classify(images, result);
    return result;
  }

  static std::string message_for(const ModelSpec& spec) {
    return error_message(ErrorKind::kModel,
                         [&] { classify(*open_classifier(spec), random_images(2, kShape)); });
  }

  ScratchFolder folder_;
  const std::string smooth_ = "return torch.mm(torch.tanh(x).flatten(1), self.w)";
};

TEST_F(TorchScript, GradientAgreesWithFiniteDifferences) {
  const auto classifier = open_classifier(write(smooth_));
  ImageBatch images = random_images(2, kShape);
  for (std::uint8_t& pixel : images.bytes()) pixel = static_cast<std::uint8_t>(1 + pixel % 254);
  const std::vector<int> classes = {1, 4};
  std::vector<float> gradient(images.bytes().size());
  std::vector<float> probabilities(2 * kClasses);
  classifier->input_gradient(images, classes, Objective::kProbability, probabilities, gradient);
  const auto objective = [&] {
    const std::vector<float> p = classify(*classifier, images);
    return static_cast<double>(p[1]) + static_cast<double>(p[kClasses + 4]);
  };
  double largest = 0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const std::uint8_t pixel = images.bytes()[i];
    images.bytes()[i] = static_cast<std::uint8_t>(pixel + 1);
    const double above = objective();
    images.bytes()[i] = static_cast<std::uint8_t>(pixel - 1);
    const double below = objective();
    images.bytes()[i] = pixel;
    EXPECT_NEAR(gradient[i], (above - below) / 2, 2e-7) << i;
    largest = std::max(largest, std::abs(static_cast<double>(gradient[i])));
  }
  EXPECT_GT(largest, 1e-4);
}

TEST_F(TorchScript, KindsOfOutputAgree) {
  const ImageBatch images = random_images(3, kShape);
  const ModelSpec logits = write(smooth_);
  const auto first = open_classifier(logits);
  const std::vector<float> expected = classify(*first, images);
  const std::vector<int> classes = {0, 2, 4};
  std::vector<float> expected_gradient(images.bytes().size());
  std::vector<float> probabilities(expected.size());
  first->input_gradient(images, classes, Objective::kProbability, probabilities, expected_gradient);

  const std::pair<OutputKind, const char*> kinds[] = {
      {OutputKind::kProbabilities,
       "return torch.softmax(torch.mm(torch.tanh(x).flatten(1), "
       "self.w), 1)"},
      {OutputKind::kLogProbabilities,
       "return torch.log_softmax(torch.mm(torch.tanh(x).flatten(1), "
       "self.w), 1)"}};
  for (const auto& [kind, body] : kinds) {
    ModelSpec spec = write(body);
    spec.output = kind;
    const auto classifier = open_classifier(spec);
    const std::vector<float> found = classify(*classifier, images);
    std::vector<float> gradient(images.bytes().size());
    classifier->input_gradient(images, classes, Objective::kProbability, probabilities, gradient);
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-6);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      EXPECT_NEAR(gradient[i], expected_gradient[i], 1e-7);
    }
    std::vector<float> row(3 * kClasses);
    if (kind == OutputKind::kProbabilities) {
      error_message(ErrorKind::kUsage, [&] { classifier->logits(images, row); });
    } else {
      classifier->logits(images, row);
      EXPECT_NEAR(row[0], std::log(expected[0]), 1e-5);
    }
  }
}

TEST_F(TorchScript, EveryCallOfEveryCloneGivesTheSameBits) {
  const auto classifier = open_classifier(write(smooth_));
  const ImageBatch images = random_images(16, kShape);
  const std::vector<float> first = classify(*classifier, images);
  const auto repeat = [&](Classifier& one) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(classify(one, images), first);
  };
  repeat(*classifier);
  const auto clone = classifier->clone();
  std::thread other([&] {
    use_one_thread();
    repeat(*clone);
  });
  repeat(*classifier);
  other.join();
  EXPECT_EQ(classifier->info().fingerprint.at("backend"), "torchscript");
}

TEST_F(TorchScript, OptionsOfTheCardAreOnlyNotes) {
  ModelSpec spec = write(smooth_);
  spec.options = {{"activation", "tanh"}};
  open_classifier(spec);
}

TEST_F(TorchScript, RefusesFilesThatAreNoTorchScript) {
  const ModelSpec spec = write(smooth_);
  const std::string bytes = read_file(spec.weights);
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, bytes.size() / 2}) {
    write_file(spec.weights, bytes.substr(0, size));
    EXPECT_THAT(message_for(spec), AllOf(HasSubstr("net.pt: LibTorch: "), Not(HasSubstr("\n"))));
  }
}

TEST_F(TorchScript, ReportsNetworksThatDoNotSuitTheCard) {
  ModelSpec spec = write("return torch.mm(x.flatten(1), self.w[:, :4])");
  EXPECT_THAT(message_for(spec),
              HasSubstr("net: the network gave an output of shape [2, 4] for 2 images; expected "
                        "[2, 5], the classes of " +
                        spec.card.string()));
  spec = write(smooth_);
  spec.input.width = kSize + 1;
  EXPECT_THAT(
      error_message(ErrorKind::kModel,
                    [&] {
                      classify(*open_classifier(spec), random_images(2, {kSize, kSize + 1, 3}));
                    }),
      AllOf(HasSubstr("net: LibTorch: mat1 and mat2 shapes cannot be multiplied"),
            Not(HasSubstr("\n"))));
  EXPECT_THAT(message_for(write("return (x, x)")),
              HasSubstr("net: the network returns Tuple; expected one tensor"));
  EXPECT_THAT(message_for(write("return torch.mm(x.flatten(1), self.w) * float('nan')")),
              HasSubstr("net: the network's output is not a number"));
  const auto constant = open_classifier(write("return self.w[:x.size(0)] * 1.0"));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { require_varying_output(*constant); }),
              HasSubstr("net: the network gives the same output"));
}

TEST_F(TorchScript, ReportsANetworkWithoutGradient) {
  const auto classifier =
      open_classifier(write("return torch.mm(x.flatten(1).int().float(), self.w)"));
  const std::vector<int> classes = {1};
  std::vector<float> gradient(kShape.size());
  std::vector<float> probabilities(kClasses);
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] {
                              classifier->input_gradient(random_images(1, kShape), classes,
                                                         Objective::kProbability, probabilities,
                                                         gradient);
                            }),
              AllOf(HasSubstr("net: LibTorch: "), HasSubstr("grad"), Not(HasSubstr("\n"))));
}

}  // namespace
}  // namespace fool
