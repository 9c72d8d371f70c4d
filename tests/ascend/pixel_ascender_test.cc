#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ascend/ascender.h"
#include "ascend/slope_classifier.h"

namespace fool {
namespace {

constexpr ImageShape kShape{1, 2, 3};
const std::vector<float> kMean{100, 120, 140};

class PixelAscender : public ::testing::Test {
 protected:
  void begin(const Json& settings, const std::vector<float>& pixels) {
    settings_ = ascent_settings(settings);
    ascender_ = make_pixel_ascender(settings_, kShape, kMean, pixels);
  }

  std::vector<int> drawn() const {
    ImageBatch image(1, kShape);
    ascender_->draw(image[0]);
    return {image.bytes().begin(), image.bytes().end()};
  }

  AscentSettings settings_;
  std::unique_ptr<Ascender> ascender_;
};

TEST_F(PixelAscender, RoundsAndClips) {
  begin(Json::object(), {0, 254.4F, 254.5F, 300, -7, 127.5F});
  EXPECT_EQ(drawn(), (std::vector<int>{0, 254, 255, 255, 0, 128}));
}

TEST_F(PixelAscender, AStepGainsWhatIsWantedByTheGradient) {
  begin({{"early_progress", 0.03}}, {100, 100, 100, 100, 100, 100});
  const std::vector<float> gradient{0.001F, 0, 0, -0.002F, 0, 0};
  // The factor is .03 / 5e-6 = 6000.
  EXPECT_TRUE(std::isinf(ascender_->step(0, 0.5F, gradient)));
  EXPECT_EQ(drawn(), (std::vector<int>{106, 100, 100, 88, 100, 100}));
}

// Steps of less than a level add up.
TEST_F(PixelAscender, KeepsFractions) {
  begin({{"early_progress", 0.03}}, {100, 100, 100, 100, 100, 100});
  const std::vector<float> gradient{0.1F, 0, 0, 0, 0, 0};  // steps of .3
  ascender_->step(0, 0.5F, gradient);
  EXPECT_EQ(drawn()[0], 100);
  ascender_->step(1, 0.5F, gradient);
  EXPECT_EQ(drawn()[0], 101);
}

TEST_F(PixelAscender, ClipsAtEveryStep) {
  begin(Json::object(), {250, 0, 0, 0, 0, 0});
  ascender_->step(0, 0.5F, std::vector<float>{0.001F, 0, 0, 0, 0, 0});  // up by 30
  EXPECT_EQ(drawn()[0], 255);
  ascender_->step(1, 0.5F, std::vector<float>{-0.01F, 0, 0, 0, 0, 0});  // down by 3
  EXPECT_EQ(drawn()[0], 252);
}

TEST_F(PixelAscender, DecaysTowardsTheMeanColour) {
  begin({{"decay", 0.25}}, {200, 120, 40, 100, 120, 140});
  ascender_->step(0, 0.5F, std::vector<float>(6, 0.0F));
  EXPECT_EQ(drawn(), (std::vector<int>{175, 120, 65, 100, 120, 140}));
}

TEST_F(PixelAscender, BlursEverySoManySteps) {
  begin({{"blur", 1.0}, {"blur_every", 2}}, {200, 120, 140, 100, 120, 140});
  const std::vector<float> none(6, 0.0F);
  ascender_->step(0, 0.5F, none);
  EXPECT_EQ(drawn()[0], 200);
  ascender_->step(1, 0.5F, none);
  EXPECT_LT(drawn()[0], 200);
  EXPECT_GT(drawn()[3], 100);
  EXPECT_EQ(drawn()[1], 120);  // other channels know nothing of it
}

TEST_F(PixelAscender, EachRuleMakesPixelsTheMeanColour) {
  const std::vector<float> pixels{103, 124, 140, 110, 100, 140};  // X: 3 4 0, 10 -20 0
  const std::vector<float> gradient{1e-3F, 0, 0, 0, 1e-9F, 0};
  const struct {
    const char* rule;
    std::vector<int> expected;
  } cases[] = {
      {"zero_small_values", {100, 120, 140, 110, 100, 140}},
      {"zero_small_pixels", {100, 120, 140, 110, 100, 140}},
      {"zero_low_benefit", {100, 120, 140, 110, 100, 140}},  // -.003 of 2e-8
      {"zero_low_absolute_benefit", {103, 124, 140, 100, 120, 140}},
  };
  for (const auto& c : cases) {
    begin({{c.rule, 70}, {"max_step", 1e-6}}, pixels);
    ascender_->step(0, 0.5F, gradient);
    EXPECT_EQ(drawn(), c.expected) << c.rule;
    EXPECT_FALSE(ascender_->rests()) << c.rule;
  }
}

TEST_F(PixelAscender, TellsOfStepsThatAreHeldBack) {
  begin({{"max_step", 2}}, {100, 100, 100, 100, 100, 100});
  EXPECT_EQ(ascender_->step(0, 0.5F, std::vector<float>{0.25F, 0, 0, -0.01F, 0, 0}),
            std::numeric_limits<double>::infinity());
  EXPECT_EQ(ascender_->step(0, 0.5F, std::vector<float>{0.0625F, 0, 0, 0, 0, 0}), 0.125);
  EXPECT_EQ(ascender_->step(0, 0.5F, std::vector<float>(6, 0.0F)), 0);
  EXPECT_EQ(ascender_->step(0, 1.0F, std::vector<float>{1, 0, 0, 0, 0, 0}), 0);
}

TEST_F(PixelAscender, RestsWithoutRegularisation) {
  begin(Json::object(), {100, 100, 100, 100, 100, 100});
  EXPECT_TRUE(ascender_->rests());
  begin({{"decay", 0.1}}, {100, 100, 100, 100, 100, 100});
  EXPECT_FALSE(ascender_->rests());
  begin({{"blur", 0.1}}, {100, 100, 100, 100, 100, 100});
  EXPECT_FALSE(ascender_->rests());
}

TEST_F(PixelAscender, HugeStepsStayNumbers) {
  begin({{"max_step", 1e30}, {"blur", 1.0}}, {100, 100, 100, 100, 100, 100});
  ascender_->step(0, 1e-30F, std::vector<float>{1e-25F, -1e-25F, 0, 0, 0, 0});
  EXPECT_EQ(drawn()[0], 255);
  EXPECT_EQ(drawn()[1], 0);
  EXPECT_EQ(drawn()[2], 100);
}

}  // namespace
}  // namespace fool
