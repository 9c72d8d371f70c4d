#include "fool/classify/classifier.h"

#include <gmock/gmock.h>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fakes/pixel_classifier.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

TEST(Classifier, LogitsAndGradientsAreOptional) {
  fakes::PixelClassifier pixel({2, 2, 1});
  std::vector<float> out(4);
  const int wanted = 0;
  EXPECT_THAT(error_message(ErrorKind::kUsage,
                            [&] {
                              pixel.logits(ImageBatch(1, {2, 2, 1}), out);
                            }),
              HasSubstr("pixel gives no logits"));
  EXPECT_THAT(error_message(ErrorKind::kUsage,
                            [&] {
                              pixel.input_gradient(ImageBatch(1, {2, 2, 1}), {&wanted, 1},
                                                   Objective::kProbability, out, out);
                            }),
              HasSubstr("pixel gives no gradients"));
}

TEST(Classifier, BackendsRegisterThemselves) {
  EXPECT_THAT(ClassifierRegistry::instance().names(),
              IsSupersetOf({"fake", "safetensors", "torchscript"}));
}

TEST(OpenClassifier, RefusesAnUnknownFormat) {
  ModelSpec spec = fakes::fake_model(2, {2, 2, 1});
  spec.card = "cards/net.json";
  spec.format = "torchscrpt";
  EXPECT_THAT(
      error_message(ErrorKind::kModel, [&] { open_classifier(spec); }),
      AllOf(HasSubstr("cards/net.json: weights of format \"torchscrpt\" cannot be read, did "
                      "you mean \"torchscript\"?; known formats: "),
            HasSubstr("safetensors")));
}

TEST(OpenClassifier, VerifiesTheWeightsFirst) {
  const ScratchFolder folder;
  const auto file = folder / "lenet.safetensors";
  ModelSpec spec = lenet_spec(file, 10);
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { open_classifier(spec); }),
              HasSubstr("lenet needs the weights file lenet.safetensors"));
  write_safetensors(file, lenet_weights(10).views);
  spec.sha256 = sha256_file(file);
  EXPECT_EQ(open_classifier(spec)->info().fingerprint.at("weights_sha256"), spec.sha256);
  spec.sha256[0] = spec.sha256[0] == '0' ? '1' : '0';
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { open_classifier(spec); }),
              AllOf(HasSubstr("lenet.safetensors: sha256 is "), HasSubstr(spec.sha256)));
}

TEST(OpenClassifier, ChecksWhatTheNetworkIsGiven) {
  const auto fake = open_classifier(fakes::fake_model(2, {2, 2, 1}));
  std::vector<float> out(2);
  error_message(ErrorKind::kModel, [&] { fake->classify(ImageBatch(1, {3, 2, 1}), out); });
}

}  // namespace
}  // namespace fool
