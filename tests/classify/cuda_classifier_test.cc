// Networks on a device against the same ones on the processor. Needs a device and a build for it.
#include "classify/cuda_classifier.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "classify/device_network.h"
#include "classify/mixed_network.h"
#include "classify/random_network.h"
#include "classify/torch_classifier.h"
#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fakes/scratch_folder.h"
#include "fool/classify/classifier.h"
#include "fool/classify/device.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

constexpr int kClasses = 10;

class CudaClassifier : public ::testing::Test {
 protected:
  void SetUp() override {
    use_one_thread();
    try {
      expect_devices(parse_devices("cuda"));
    } catch (const Error& e) {
      GTEST_SKIP() << e.what();
    }
    write_safetensors(file_, lenet_weights(kClasses).views);
  }

  static std::vector<float> classify(Classifier& classifier, const ImageBatch& images) {
    std::vector<float> result(static_cast<std::size_t>(images.count()) *
                              static_cast<std::size_t>(classifier.info().classes));
    classifier.classify(images, result);
    return result;
  }

  struct Gradient {
    std::vector<float> probabilities;
    std::vector<float> by_pixel;
  };

  static Gradient gradient(Classifier& classifier, const ImageBatch& images,
                           const std::vector<int>& classes, Objective objective) {
    Gradient result;
    result.probabilities.resize(classes.size() *
                                static_cast<std::size_t>(classifier.info().classes));
    result.by_pixel.resize(images.bytes().size());
    classifier.input_gradient(images, classes, objective, result.probabilities, result.by_pixel);
    return result;
  }

  static float difference(const std::vector<float>& a, const std::vector<float>& b) {
    EXPECT_EQ(a.size(), b.size());
    float largest = 0.0F;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
  }

  std::unique_ptr<Classifier> lenet(const Execution& how) const {
    return open_classifier(lenet_spec(file_, kClasses), how);
  }

  static ModelSpec mixed_spec() {
    ModelSpec spec = colour_spec("", 43, kClasses);
    spec.sha256 = "none";
    return spec;
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "lenet.safetensors";
};

TEST_F(CudaClassifier, AgreesWithTheProcessor) {
  const ImageBatch images = random_images(37, {28, 28, 1});
  const auto expected = classify(*lenet({}), images);
  for (const auto& [precision, tolerance] :
       {std::pair{"float32", 2e-6F}, {"float16", 2e-3F}, {"bfloat16", 2e-2F}}) {
    const auto there = lenet({"auto", "cuda", precision});
    const auto found = classify(*there, images);
    EXPECT_LT(difference(found, expected), tolerance) << precision;
    EXPECT_EQ(classify(*there, images), found) << "the same batch, other bits";
    EXPECT_EQ(classify(*there->clone(), images), found);
    EXPECT_EQ(there->info().fingerprint.at("dtype"), precision);
    EXPECT_THAT(there->info().fingerprint.at("device").get<std::string>(), HasSubstr("cuDNN"));
    EXPECT_EQ(there->info().differentiable, std::string(precision) == "float32");
    ASSERT_NE(there->on_device(), nullptr);
  }
}

TEST_F(CudaClassifier, EveryLayerAgreesWithTheProcessor) {
  const ModelSpec spec = mixed_spec();
  const auto network = std::make_shared<MixedNetwork>(kClasses);
  const ImageBatch images = random_images(19, spec.input.shape());
  TorchClassifier here(spec, network, "test", {"torch"});
  const auto expected = classify(here, images);
  for (const auto& [precision, tolerance] :
       {std::pair{"float32", 1e-5F}, {"float16", 1e-2F}, {"bfloat16", 6e-2F}}) {
    const auto there = make_network_classifier(spec, network, "test", {"auto", "cuda", precision});
    EXPECT_LT(difference(classify(*there, images), expected), tolerance) << precision;
  }
}

TEST_F(CudaClassifier, GradientsAgreeWithTheProcessor) {
  const ModelSpec spec = mixed_spec();
  const auto network = std::make_shared<MixedNetwork>(kClasses);
  const ImageBatch images = random_images(7, spec.input.shape());
  TorchClassifier here(spec, network, "test", {"torch"});
  const auto there = make_network_classifier(spec, network, "test", {"auto", "cuda", "float32"});
  const std::vector<int> classes = {0, 1, 2, 3, 9, 9, 5};
  for (const Objective objective :
       {Objective::kProbability, Objective::kLogProbability, Objective::kLogit}) {
    const Gradient expected = gradient(here, images, classes, objective);
    const Gradient found = gradient(*there, images, classes, objective);
    EXPECT_LT(difference(found.probabilities, expected.probabilities), 1e-5F);
    const float largest = *std::max_element(expected.by_pixel.begin(), expected.by_pixel.end());
    EXPECT_LT(difference(found.by_pixel, expected.by_pixel), 1e-4F * largest);
    EXPECT_EQ(gradient(*there->clone(), images, classes, objective).by_pixel, found.by_pixel)
        << "the same batch, other bits";
  }
}

TEST_F(CudaClassifier, GradientsAreForFloat32) {
  const auto there = lenet({"auto", "cuda", "float16"});
  EXPECT_THAT(
      error_message(ErrorKind::kConfig,
                    [&] {
                      gradient(*there, random_images(1, {28, 28, 1}), {3}, Objective::kProbability);
                    }),
      HasSubstr("gradients are computed in float32 only, and evaluate.precision is float16"));
}

// The crops are cut on the device.
TEST_F(CudaClassifier, CropsAgreeWithTheProcessor) {
  const ImageBatch images = random_images(5, {33, 33, 1});
  for (const int crops : {1, 10}) {
    const auto here = make_multi_crop(lenet({}), 33, crops);
    const auto there = make_multi_crop(lenet({"auto", "cuda", "float32"}), 33, crops);
    EXPECT_LT(difference(classify(*there, images), classify(*here, images)), 2e-6F) << crops;
    ASSERT_NE(there->on_device(), nullptr);
    EXPECT_EQ(there->on_device()->crops.size(), static_cast<std::size_t>(crops));
    const auto scoring = there->on_device();
    EXPECT_NE(scoring->network, nullptr);
  }
}

TEST_F(CudaClassifier, SaysWhatCannotRunThere) {
  EXPECT_THAT(
      error_message(ErrorKind::kConfig,
                    [] {
                      open_classifier(fakes::fake_model(2, {2, 2, 1}), {"auto", "cuda", "float32"});
                    }),
      HasSubstr("run on the processor only: --device cpu"));
  const auto unknown = []() -> LayerGraph {
    fail(ErrorKind::kModel, "no engine knows aten::gelu");
  };
  EXPECT_THAT(
      error_message(
          ErrorKind::kConfig,
          [&] {
            make_cuda_classifier(mixed_spec(), "test", {"auto", "cuda", "float32"}, unknown);
          }),
      HasSubstr("cannot be run on cuda, only on the processor: no engine knows aten::gelu"));
  EXPECT_THAT(error_message(ErrorKind::kConfig,
                            [&] {
                              lenet({"auto", "cuda:0,1", "float32"});
                            }),
              HasSubstr("a single one was expected here"));
}

}  // namespace
}  // namespace fool
