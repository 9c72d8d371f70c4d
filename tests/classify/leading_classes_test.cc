#include "fool/classify/leading_classes.h"

#include <gmock/gmock.h>

#include "classify/random_network.h"
#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using testing::HasSubstr;

constexpr ImageShape kShape = {8, 8, 3};

std::vector<float> probabilities(Classifier& classifier, const ImageBatch& images) {
  std::vector<float> result(static_cast<std::size_t>(images.count() * classifier.info().classes));
  classifier.classify(images, result);
  return result;
}

TEST(LeadingClasses, AreTheNetworksOwnNumbers) {
  const auto network = open_classifier(fakes::fake_model(5, kShape));
  const auto leading = make_leading_classes(network->clone(), 3);
  EXPECT_EQ(leading->info().classes, 3);
  EXPECT_EQ(leading->info().name, "fake, the first 3 of 5 classes");
  EXPECT_EQ(leading->info().shape, kShape);
  EXPECT_EQ(leading->info().fingerprint.at("leading_classes"), 3);

  const ImageBatch images = random_images(4, kShape);
  const std::vector<float> all = probabilities(*network, images);
  const std::vector<float> some = probabilities(*leading, images);
  for (std::size_t b = 0; b < 4; ++b) {
    for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(some[b * 3 + k], all[b * 5 + k]);
  }
  EXPECT_EQ(probabilities(*leading->clone(), images), some);
}

TEST(LeadingClasses, TheNumberMustMakeSense) {
  for (const int classes : {0, 6}) {
    EXPECT_THAT(
        error_message(
            ErrorKind::kConfig,
            [&] { make_leading_classes(open_classifier(fakes::fake_model(5, kShape)), classes); }),
        HasSubstr("fake: expected 1..5 of its classes"));
  }
}

TEST(LeadingClasses, RoomMustFit) {
  const auto leading = make_leading_classes(open_classifier(fakes::fake_model(5, kShape)), 3);
  const ImageBatch images = random_images(2, kShape);
  std::vector<float> room(5);
  EXPECT_THAT(error_message(ErrorKind::kInternal, [&] { leading->classify(images, room); }),
              HasSubstr("there is room for 5 numbers of 2 images"));
}

}  // namespace
}  // namespace fool
