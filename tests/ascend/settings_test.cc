#include "fool/ascend/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ascend/slope_classifier.h"
#include "fakes/expect_error.h"
#include "fool/core/config.h"
#include "fool/model/model_spec.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

AscentSettings preset(const std::string& name) {
  const Json config = read_config(resource_folder("configs") / ("ascend_" + name + ".json"));
  return ascent_settings(config.at("ascend"));
}

TEST(AscentSettings, DefaultsAreThoseOfTheReleasedCode) {
  const AscentSettings s = ascent_settings();
  EXPECT_EQ(s.method, AscentMethod::kPixels);
  EXPECT_EQ(s.objective, Objective::kProbability);
  EXPECT_EQ(s.start, AscentStart::kMeanNoise);
  EXPECT_EQ(s.start_noise, 1);
  EXPECT_EQ(s.iterations, 300);
  EXPECT_EQ(s.early_progress, 0.03);
  EXPECT_EQ(s.late_progress, 0.1);
  EXPECT_EQ(s.max_step, 1e12);
}

TEST(AscentSettings, EveryKeyArrives) {
  const AscentSettings s = ascent_settings({{"method", "fourier"},
                                            {"objective", "logit"},
                                            {"start", "uniform"},
                                            {"start_noise", 2},
                                            {"iterations", 3},
                                            {"stop_at", 0.5},
                                            {"early_progress", 0.01},
                                            {"late_progress", 0.02},
                                            {"max_step", 4},
                                            {"decay", 0.03},
                                            {"blur", 0.4},
                                            {"blur_every", 5},
                                            {"zero_small_values", 6},
                                            {"zero_small_pixels", 7},
                                            {"zero_low_benefit", 8},
                                            {"zero_low_absolute_benefit", 9},
                                            {"learning_rate", 0.1},
                                            {"spectrum_power", 1.5},
                                            {"jitter", 10},
                                            {"scaling", 0.11},
                                            {"rotation", 12},
                                            {"check_every", 13}});
  EXPECT_EQ(s.method, AscentMethod::kFourier);
  EXPECT_EQ(s.objective, Objective::kLogit);
  EXPECT_EQ(s.start, AscentStart::kUniform);
  EXPECT_EQ(s.start_noise, 2);
  EXPECT_EQ(s.iterations, 3);
  EXPECT_EQ(s.stop_at, 0.5);
  EXPECT_EQ(s.early_progress, 0.01);
  EXPECT_EQ(s.late_progress, 0.02);
  EXPECT_EQ(s.max_step, 4);
  EXPECT_EQ(s.decay, 0.03);
  EXPECT_EQ(s.blur, 0.4);
  EXPECT_EQ(s.blur_every, 5);
  EXPECT_EQ(s.zero_small_values, 6);
  EXPECT_EQ(s.zero_small_pixels, 7);
  EXPECT_EQ(s.zero_low_benefit, 8);
  EXPECT_EQ(s.zero_low_absolute_benefit, 9);
  EXPECT_EQ(s.learning_rate, 0.1);
  EXPECT_EQ(s.spectrum_power, 1.5);
  EXPECT_EQ(s.jitter, 10);
  EXPECT_EQ(s.scaling, 0.11);
  EXPECT_EQ(s.rotation, 12);
  EXPECT_EQ(s.check_every, 13);
}

// The four of the paper's supplement.
TEST(AscentPresets, HoldThePublishedSettings) {
  const struct {
    const char* name;
    double decay;
    int iterations;
    double early, late, blur;
    int blur_every;
    double small_pixels, low_benefit, low_absolute_benefit;
  } published[] = {{"none", 0, 500, .02, .1, 0, 1, 0, 0, 0},
                   {"l2", .01, 1500, .03, .02, 0, 1, 0, 0, 0},
                   {"blur", .001, 1000, .03, .05, .4, 2, 0, 0, 0},
                   {"clip", .001, 1500, .03, .05, .3, 1, 20, 0, 20}};
  for (const auto& p : published) {
    const AscentSettings s = preset(p.name);
    EXPECT_EQ(s.method, AscentMethod::kPixels) << p.name;
    EXPECT_EQ(s.objective, Objective::kProbability) << p.name;
    EXPECT_EQ(s.start, AscentStart::kMeanNoise) << p.name;
    EXPECT_EQ(s.start_noise, 1) << p.name;
    EXPECT_EQ(s.stop_at, 0) << p.name;
    EXPECT_EQ(s.max_step, 1e12) << p.name;
    EXPECT_EQ(s.iterations, p.iterations) << p.name;
    EXPECT_EQ(s.early_progress, p.early) << p.name;
    EXPECT_EQ(s.late_progress, p.late) << p.name;
    EXPECT_EQ(s.decay, p.decay) << p.name;
    EXPECT_EQ(s.blur, p.blur) << p.name;
    EXPECT_EQ(s.blur_every, p.blur_every) << p.name;
    EXPECT_EQ(s.zero_small_values, 0) << p.name;
    EXPECT_EQ(s.zero_small_pixels, p.small_pixels) << p.name;
    EXPECT_EQ(s.zero_low_benefit, p.low_benefit) << p.name;
    EXPECT_EQ(s.zero_low_absolute_benefit, p.low_absolute_benefit) << p.name;
  }
}

TEST(AscentPresets, ModernIsAnotherMethod) {
  EXPECT_EQ(preset("modern").method, AscentMethod::kFourier);
  EXPECT_TRUE(preset("modern").starts_differ());
}

TEST(AscentSettings, SomeStartsAreAllTheSame) {
  EXPECT_TRUE(ascent_settings().starts_differ());
  EXPECT_TRUE(ascent_settings({{"start", "uniform"}}).starts_differ());
  for (const char* start : {"zero", "grey", "image"}) {
    EXPECT_FALSE(ascent_settings({{"start", start}}).starts_differ()) << start;
    EXPECT_TRUE(
        ascent_settings({{"start", start}, {"method", "fourier"}, {"jitter", 2}}).starts_differ());
    EXPECT_FALSE(ascent_settings({{"start", start}, {"method", "fourier"}}).starts_differ());
  }
}

TEST(AscentSettings, MistakesAreNamed) {
  const auto message = [](const Json& given) {
    return error_message(ErrorKind::kConfig, [&] { ascent_settings(given); });
  };
  EXPECT_THAT(message({{"decy", 1}}), HasSubstr("did you mean \"decay\"?"));
  EXPECT_THAT(message({{"start", "gray"}}), HasSubstr("did you mean \"grey\"?"));
  EXPECT_THAT(message({{"decay", 2}}), HasSubstr("ascend.decay: expected 0..1, found 2"));
  EXPECT_THAT(message({{"iterations", 0}}), HasSubstr("ascend.iterations: expected 1.."));
}

}  // namespace
}  // namespace fool
