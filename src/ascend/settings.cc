#include "fool/ascend/settings.h"

#include <map>
#include <string>

namespace fool {
namespace {

const std::map<std::string, AscentMethod> kMethods = {{"pixels", AscentMethod::kPixels},
                                                      {"fourier", AscentMethod::kFourier}};
const std::map<std::string, Objective> kObjectives = {
    {"probability", Objective::kProbability},
    {"log_probability", Objective::kLogProbability},
    {"logit", Objective::kLogit}};
const std::map<std::string, AscentStart> kStarts = {{"mean_noise", AscentStart::kMeanNoise},
                                                    {"uniform", AscentStart::kUniform},
                                                    {"zero", AscentStart::kZero},
                                                    {"grey", AscentStart::kGrey},
                                                    {"image", AscentStart::kImage}};

Parameter percentile(const std::string& key, const std::string& what) {
  return param(key, 0.0,
               "pixels: after every step, so many percent of the " + what +
                   " become the mean colour; 0 = none.")
      .range(0, 100)
      .cite("released code, branch ascent, find_fooling_image.py:229-251");
}

}  // namespace

const ParameterTable& ascend_parameters() {
  static const ParameterTable table{
      param("method", "pixels",
            "What climbs: pixels, as in the paper, or fourier: Adam on a spectrum with "
            "decorrelated colours, as in feature visualisation.")
          .one_of({"pixels", "fourier"}),
      param("objective", "probability",
            "What climbs: the class's probability, its logarithm or "
            "its logit.")
          .one_of({"probability", "log_probability", "logit"})
          .cite("released code, branch ascent, find_fooling_image.py:68-77: prob, or fc8"),
      param("start", "mean_noise",
            "The first image: the mean colour with noise, uniform noise, the mean colour (zero), "
            "grey 127.5, or an image.")
          .one_of({"mean_noise", "uniform", "zero", "grey", "image"})
          .cite(
              "released code, branch ascent, find_fooling_image.py:82-90: mean_plus, randu, zero"),
      param("start_image", "", "For start = image: its file, resized to what the network takes."),
      param("start_noise", 1.0,
            "For start = mean_noise: standard deviation of the noise, in levels of 0..255.")
          .range(0, 255)
          .cite("released code, branch ascent, find_fooling_image.py:82-90"),
      param("iterations", 300, "Images that are scored on the way, the first one included.")
          .range(1, 1e6)
          .cite("released code, branch ascent, find_fooling_image.py:68-71"),
      param("stop_at", 0.0,
            "An image that has got to this confidence stops climbing; 0 = never, as in the "
            "released code.")
          .range(0, 1),
      param("early_progress", 0.03,
            "pixels: the gain in confidence that a step aims at, by the gradient, while that is "
            "less than late_progress allows.")
          .range(0, 1)
          .cite("released code, branch ascent, find_fooling_image.py:200-207"),
      param("late_progress", 0.1,
            "pixels: the share of what is missing to 1 that a step aims at, by the gradient.")
          .range(0, 1)
          .cite("released code, branch ascent, find_fooling_image.py:200-207"),
      param("max_step", 1e12, "pixels: the largest factor of the gradient.")
          .range(0, 1e30)
          .cite("released code, branch ascent, find_fooling_image.py:68-71"),
      param("decay", 0.0, "pixels: the share of the way back to the mean colour in every step.")
          .range(0, 1)
          .cite("released code, branch ascent, hyperparam_search.py:48-68"),
      param("blur", 0.0,
            "pixels: standard deviation of a Gaussian blur in pixels, which the released code "
            "calls radius; 0 = none.")
          .range(0, 100)
          .cite("released code, branch ascent, hyperparam_search.py:48-68"),
      param("blur_every", 1, "pixels: steps from one blur to the next.").at_least(1),
      percentile("zero_small_values", "numbers, those nearest to the mean colour's,"),
      percentile("zero_small_pixels", "pixels, those nearest to the mean colour,"),
      percentile("zero_low_benefit",
                 "pixels, those of the lowest benefit (what the objective would gain from that, by "
                 "the gradient),"),
      percentile("zero_low_absolute_benefit",
                 "pixels, those of the lowest absolute benefit (see zero_low_benefit),"),
      param("learning_rate", 0.05, "fourier: Adam's.").range(0, 100).cite("lucid, 2018"),
      param("spectrum_power", 1.0,
            "fourier: how much easier low frequencies change than high ones: 1/f to this power.")
          .range(0, 4)
          .cite("Olah, Mordvintsev, Schubert, Feature Visualization, Distill 2017; lucid"),
      param("jitter", 0, "fourier: the network sees the image moved by up to so many pixels.")
          .range(0, 1000),
      param("scaling", 0.0,
            "fourier: the network sees the image larger or smaller by up to this share.")
          .range(0, 0.9),
      param("rotation", 0.0, "fourier: the network sees the image turned by up to so many degrees.")
          .range(0, 180),
      param("check_every", 10,
            "fourier: iterations between looks at the image as it would be saved, where the "
            "network sees it moved, scaled or turned.")
          .at_least(1),
  };
  return table;
}

AscentSettings to_ascent_settings(const Json& json) {
  AscentSettings s;
  s.method = kMethods.at(json.at("method").get<std::string>());
  s.objective = kObjectives.at(json.at("objective").get<std::string>());
  s.start = kStarts.at(json.at("start").get<std::string>());
  s.start_noise = json.at("start_noise");
  s.iterations = json.at("iterations");
  s.stop_at = json.at("stop_at");
  s.early_progress = json.at("early_progress");
  s.late_progress = json.at("late_progress");
  s.max_step = json.at("max_step");
  s.decay = json.at("decay");
  s.blur = json.at("blur");
  s.blur_every = json.at("blur_every");
  s.zero_small_values = json.at("zero_small_values");
  s.zero_small_pixels = json.at("zero_small_pixels");
  s.zero_low_benefit = json.at("zero_low_benefit");
  s.zero_low_absolute_benefit = json.at("zero_low_absolute_benefit");
  s.learning_rate = json.at("learning_rate");
  s.spectrum_power = json.at("spectrum_power");
  s.jitter = json.at("jitter");
  s.scaling = json.at("scaling");
  s.rotation = json.at("rotation");
  s.check_every = json.at("check_every");
  return s;
}

}  // namespace fool
