#include "app/first_choices.h"

#include <gtest/gtest.h>

#include "fakes/pixel_classifier.h"

namespace fool {
namespace {

// Class 1 is what a bright first pixel means.
TEST(FirstChoices, AreOfAllClassesAndOfTheRealOnes) {
  const fakes::PixelClassifier network({2, 2, 1});
  const auto draw = [](int i, ImageView image) {
    image.data[0] = static_cast<std::uint8_t>(2 * i);
  };
  for (const int workers : {1, 3}) {
    WorkerPool pool(workers);
    const std::vector<FirstChoice> choices = first_choices(network, 1, 120, draw, pool);
    ASSERT_EQ(choices.size(), 120U);
    EXPECT_EQ(choices[10].of_all, 0);
    EXPECT_EQ(choices[119].of_all, 1);
    EXPECT_EQ(choices[119].of_real, 0);
    EXPECT_FLOAT_EQ(choices[119].confidence, 1.0F - 238.0F / 255.0F);
    EXPECT_EQ(first_choices(network, 2, 120, draw, pool)[119].of_real, 1);
  }
}

}  // namespace
}  // namespace fool
