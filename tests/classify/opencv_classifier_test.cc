#include "classify/opencv_classifier.h"

#include <gmock/gmock.h>

#include "classify/onnx_network.h"

namespace fool {
namespace {

using onnx::kClasses;
using onnx::kSize;
using testing::AllOf;
using testing::HasSubstr;

class OpenCvClassifier : public onnx::OnnxNetwork {};

TEST_F(OpenCvClassifier, TakesImagesOneByOneWhereTheFileSaysSo) {
  const std::int64_t shape[] = {1, 4 * kSize * kSize / 4};
  write(graph(
      onnx::node("Reshape", {"pooled", "shape"}, "flat") +
      onnx::constant("shape", {2}, {reinterpret_cast<const char*>(shape), sizeof(shape)}, 7)));
  expect_logits(random_images(3, spec_.input.shape()));
}

TEST_F(OpenCvClassifier, GivesProbabilitiesAndTheSameBitsAgain) {
  write_usual();
  const auto classifier = open_classifier(spec_);
  EXPECT_FALSE(classifier->info().differentiable);
  EXPECT_THAT(classifier->info().fingerprint.at("library").get<std::string>(), HasSubstr("OpenCV"));
  const ImageBatch images = random_images(4, spec_.input.shape());
  std::vector<float> first(4 * kClasses);
  classifier->classify(images, first);
  double sum = 0;
  for (int k = 0; k < kClasses; ++k) sum += first[static_cast<std::size_t>(k)];
  EXPECT_NEAR(sum, 1.0, 1e-6);
  std::vector<float> again(first.size());
  classifier->clone()->classify(images, again);
  EXPECT_EQ(again, first);
}

TEST_F(OpenCvClassifier, GivesNoGradient) {
  write_usual();
  const auto classifier = open_classifier(spec_);
  const std::vector<int> classes = {0};
  std::vector<float> gradient(spec_.input.shape().size());
  std::vector<float> probabilities(static_cast<std::size_t>(spec_.classes));
  EXPECT_THAT(error_message(ErrorKind::kUsage,
                            [&] {
                              classifier->input_gradient(random_images(1, spec_.input.shape()),
                                                         classes, Objective::kProbability,
                                                         probabilities, gradient);
                            }),
              HasSubstr("gives no gradients"));
}

TEST_F(OpenCvClassifier, AsksWhichOutputIsMeant) {
  write(graph(onnx::node("Flatten", {"pooled"}, "flat", onnx::integer("axis", 1))) +
        onnx::node("Softmax", {"scores"}, "extra", onnx::integer("axis", 1)) +
        onnx::node("Tanh", {"scores"}, "squashed") + onnx::output("extra", {1, kClasses}));
  EXPECT_THAT(message(), AllOf(HasSubstr("net.onnx: the network has 2 outputs ("),
                               HasSubstr("\"output_layer\"")));
  spec_.options = {{"output_layer", "nowhere"}};
  EXPECT_THAT(message(), HasSubstr("the network has no layer \"nowhere\"; its outputs: "));
}

}  // namespace
}  // namespace fool
