#include "encoding/dense_cppn.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "encoding/genomes.h"
#include "encoding/packing.h"
#include "encoding/slopes.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<DenseCppnEncoding> make(const ImageShape& shape, const Json& settings = {}) {
  const Json given = settings.is_null() ? Json::object() : settings;
  auto encoding = make_encoding("dense-cppn", shape, given);
  return std::unique_ptr<DenseCppnEncoding>(dynamic_cast<DenseCppnEncoding*>(encoding.release()));
}

GenomePtr with_weights(const DenseCppnEncoding& encoding, const std::vector<float>& weights) {
  return encoding.with_parameters(*encoding.random({1, 0, 0}), weights);
}

std::vector<int> draw(const Encoding& encoding, const Genome& genome) {
  ImageBatch image(1, encoding.shape());
  encoding.render(genome, image[0]);
  return {image.bytes().begin(), image.bytes().end()};
}

// One unit that sees x, and a sigmoid of it: weights in the documented order.
TEST(DenseCppn, WeightsLieUnitByUnitWithTheBiasLast) {
  const auto encoding =
      make({1, 5, 1}, {{"layers", 1}, {"width", 2}, {"first_scale", 2.0}, {"scale", 3.0}});
  EXPECT_EQ(encoding->weights(), 9U);
  const std::vector<float> weights = {0.5F,  0.7F,  0.1F,    // the first unit: x, y, bias
                                      -0.3F, 0.2F,  0.4F,    // the second
                                      1.2F,  -0.8F, 0.25F};  // the output: both, bias
  std::vector<int> expected;
  for (const double x : {-1.0, -0.5, 0.0, 0.5, 1.0}) {
    const double first = std::sin(2 * (0.5 * x + 0.1));
    const double second = std::sin(2 * (-0.3 * x + 0.4));
    const double sum = 3 * (1.2 * first - 0.8 * second + 0.25);
    expected.push_back(static_cast<int>(std::lround(255 / (1 + std::exp(-sum)))));
  }
  EXPECT_EQ(draw(*encoding, *with_weights(*encoding, weights)), expected);
}

TEST(DenseCppn, LevelsReachFromBlackToWhite) {
  for (const char* output : {"sigmoid", "sine"}) {
    const auto encoding = make({1, 3, 1}, {{"layers", 1},
                                           {"width", 1},
                                           {"output", output},
                                           {"first_scale", 3.14159265},
                                           {"scale", 1.0}});
    // sin(pi x / 2), then so steep a function of it that it saturates, or once more a quarter turn.
    const float steep = std::string(output) == "sine" ? 1.5707963F : 9.9F;
    EXPECT_THAT(draw(*encoding, *with_weights(*encoding, {0.5F, 0, 0, steep, 0})),
                ElementsAre(0, 128, 255))
        << output;
  }
}

TEST(DenseCppn, OutputsAreReadAsColours) {
  // No input counts; the biases make the levels 85 (a third of the circle), 255 and 255.
  const auto draw_in = [](const char* space) {
    const auto encoding = make(
        {1, 1, 3},
        {{"layers", 1}, {"width", 1}, {"output", "sine"}, {"scale", 1.0}, {"color_space", space}});
    const float third = -0.33983691F;  // asin(-1/3)
    const float full = 1.5707963F;
    return draw(*encoding, *with_weights(*encoding, {0, 0, 0, 0, third, 0, full, 0, full}));
  };
  EXPECT_THAT(draw_in("rgb"), ElementsAre(85, 255, 255));
  EXPECT_THAT(draw_in("hsv"), ElementsAre(0, 255, 0));
  EXPECT_THAT(draw_in("hls"), ElementsAre(255, 255, 255));
}

TEST(DenseCppn, TheSamePictureAppearsInAnotherSize) {
  const auto encoding = make({33, 17, 3}, {{"distance", true}});
  const GenomePtr genome = descendant(*encoding, 1, 5);
  ImageBatch small(1, {33, 17, 3});
  ImageBatch large(1, {65, 33, 3});
  encoding->render(*genome, small[0]);
  encoding->render_at(*genome, large[0]);
  for (int row = 0; row < 33; ++row) {
    for (int column = 0; column < 17; ++column) {
      for (int c = 0; c < 3; ++c) {
        ASSERT_EQ(small.bytes()[static_cast<std::size_t>((row * 17 + column) * 3 + c)],
                  large.bytes()[static_cast<std::size_t>((2 * row * 33 + 2 * column) * 3 + c)]);
      }
    }
  }
}

TEST(DenseCppn, NewWeightsHaveTheVarianceOfOneOverTheInputs) {
  const auto encoding = make({8, 8, 3}, {{"width", 64}});
  const std::vector<float> weights = encoding->parameters(*encoding->random({1, 0, 0}));
  for (const DenseLayer& layer : encoding->layers()) {
    double squares = 0;
    for (std::size_t i = 0; i < layer.weights(); ++i) {
      const auto weight = static_cast<double>(weights[layer.first_weight + i]);
      squares += weight * weight;
    }
    const auto count = static_cast<double>(layer.weights());
    EXPECT_NEAR(squares / count * layer.inputs, 1, 5 / std::sqrt(count));
  }
}

TEST(DenseCppn, AShareOfTheWeightsMutatesByTheGivenSize) {
  const auto encoding = make(
      {8, 8, 3}, {{"width", 128}, {"weight_mutation_rate", 0.25}, {"weight_mutation_sigma", 0.5}});
  const GenomePtr parent = encoding->random({1, 0, 0});
  const GenomePtr child = encoding->vary({&parent, 1}, {1, 1, 0});
  const std::vector<float> before = encoding->parameters(*parent);
  const std::vector<float> after = encoding->parameters(*child);
  double moved = 0;
  double squares = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    moved += 1;
    const auto step = static_cast<double>(after[i] - before[i]);
    squares += step * step;
  }
  EXPECT_NEAR(moved / static_cast<double>(before.size()), 0.25, 0.02);
  EXPECT_NEAR(std::sqrt(squares / moved), 0.5, 0.02);
}

TEST(DenseCppn, ParametersComeBackAndAreClampedToTheRange) {
  const auto encoding = make({8, 8, 3}, {{"weight_range", 2.0}});
  const GenomePtr genome = encoding->random({1, 0, 0});
  EXPECT_EQ(encoding->differentiable(), encoding.get());
  std::vector<float> parameters = encoding->parameters(*genome);
  ASSERT_EQ(parameters.size(), encoding->weights());
  EXPECT_EQ(encoding->encode(*encoding->with_parameters(*genome, parameters)),
            encoding->encode(*genome));
  const float kept = parameters[2];
  parameters[0] = 3.0F;
  parameters[1] = -std::numeric_limits<float>::infinity();
  parameters[2] = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> clamped =
      encoding->parameters(*encoding->with_parameters(*genome, parameters));
  EXPECT_EQ(clamped[0], 2.0F);
  EXPECT_EQ(clamped[1], -2.0F);
  EXPECT_EQ(clamped[2], kept);
  parameters.pop_back();
  EXPECT_THROW(encoding->with_parameters(*genome, parameters), Error);
}

// A channel of a pixel as a continuous function of the weights.
double level_in_doubles(const DenseCppnEncoding& encoding, const std::vector<double>& weights,
                        int row, int column, std::size_t channel) {
  const CppnCoordinates at = encoding.coordinates(encoding.shape().height, encoding.shape().width);
  std::vector<double> values{static_cast<double>(at.x(column)), static_cast<double>(at.y(row))};
  if (encoding.sees_distance()) values.push_back(static_cast<double>(at.d(row, column)));
  const double* weight = weights.data();
  for (const DenseLayer& layer : encoding.layers()) {
    std::vector<double> sums(static_cast<std::size_t>(layer.units));
    for (double& sum : sums) {
      for (const double value : values) sum += *weight++ * value;
      sum = (sum + *weight++) * static_cast<double>(layer.scale);
    }
    values = sums;
    for (double& value : values) {
      if (layer.is_composite) value = std::atan(value) / 0.67;
    }
    if (layer.is_composite) {
      for (const double sum : sums) values.push_back(std::atan(sum) * std::atan(sum) / 0.6);
    }
    for (const DenseLayer::Run& run : layer.runs) {
      for (int u = run.first; u < run.first + run.count; ++u) {
        const auto i = static_cast<std::size_t>(u);
        values[i] = activate_in_doubles(run.activation, sums[i]);
      }
    }
  }
  for (double& value : values) value = 127.5 * value + 127.5;
  if (values.size() == 1) return values[0];
  return rgb_in_doubles(encoding.color(), {values[0], values[1], values[2]})[channel];
}

void expect_gradient_of_differences(const Json& settings, int channels) {
  const auto encoding = make({5, 4, channels}, settings);
  RngStream rng(3, "test.dense_cppn", 0, static_cast<std::uint32_t>(channels));
  const GenomePtr genome = descendant(*encoding, 1, 3);
  const std::vector<float> parameters = encoding->parameters(*genome);
  const std::vector<double> weights(parameters.begin(), parameters.end());
  for (int trial = 0; trial < 8; ++trial) {
    const std::uint32_t pixel = rng.uniform_int(20);
    const std::size_t channel = rng.uniform_int(static_cast<std::uint32_t>(channels));
    std::vector<float> by_pixels(encoding->shape().size());
    by_pixels[pixel * static_cast<std::size_t>(channels) + channel] = 1;
    std::vector<float> gradient(weights.size());
    encoding->pull_back(*genome, by_pixels, gradient);
    double largest = 0;
    for (const float g : gradient) largest = std::max(largest, std::fabs(static_cast<double>(g)));
    for (int i = 0; i < 40; ++i) {
      const std::size_t w = rng.uniform_int(static_cast<std::uint32_t>(weights.size()));
      const auto f = [&](double step) {
        std::vector<double> moved = weights;
        moved[w] += step;
        return level_in_doubles(*encoding, moved, static_cast<int>(pixel) / 4,
                                static_cast<int>(pixel) % 4, channel);
      };
      // Forward passes in single precision, through a few layers that each amplify.
      ASSERT_TRUE(is_slope(static_cast<double>(gradient[w]), f, 1e-4 * largest + 1e-4))
          << settings.dump() << ", weight " << w << ", pixel " << pixel << ", channel " << channel;
    }
  }
}

TEST(DenseCppn, ItsGradientIsThatOfTheContinuousPicture) {
  for (const char* activation : {"sine", "composite", "paper"}) {
    for (const char* output : {"sigmoid", "sine"}) {
      for (const bool distance : {false, true}) {
        const Json settings = {
            {"activation", activation}, {"output", output}, {"distance", distance}, {"width", 9}};
        expect_gradient_of_differences(settings, 1);
        for (const char* space : {"rgb", "hsv", "hls"}) {
          Json colored = settings;
          colored["color_space"] = space;
          expect_gradient_of_differences(colored, 3);
        }
      }
    }
  }
}

// All pixels count: the gradient of a sum is the sum of the gradients.
TEST(DenseCppn, ItsGradientAddsUpOverPixels) {
  const auto encoding = make({3, 4, 3}, {{"width", 5}, {"color_space", "hsv"}});
  const GenomePtr genome = encoding->random({1, 0, 0});
  RngStream rng(1, "test.dense_cppn", 1, 0);
  std::vector<float> all(encoding->shape().size());
  std::vector<double> sum(encoding->weights());
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<float> one(all.size());
    one[i] = all[i] = static_cast<float>(rng.normal());
    std::vector<float> gradient(sum.size());
    encoding->pull_back(*genome, one, gradient);
    for (std::size_t w = 0; w < sum.size(); ++w) sum[w] += static_cast<double>(gradient[w]);
  }
  std::vector<float> gradient(sum.size());
  encoding->pull_back(*genome, all, gradient);
  for (std::size_t w = 0; w < sum.size(); ++w)
    EXPECT_NEAR(gradient[w], sum[w], 1e-4 * (std::fabs(sum[w]) + 100));
}

template <typename Call>
std::string error_of(ErrorKind kind, const Call& call) {
  try {
    call();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), kind);
    return e.what();
  }
  return "";
}

TEST(DenseCppn, NamesWhatIsWrong) {
  EXPECT_THAT(error_of(ErrorKind::kConfig,
                       [] {
                         make({8, 8, 2});
                       }),
              HasSubstr("1 or 3 channels, not of 2"));
  const auto encoding = make({8, 8, 3});
  const GenomePtr genome = encoding->random({1, 0, 0});
  const auto decode = [&](const std::string& bytes) {
    return error_of(ErrorKind::kData, [&] { encoding->decode(bytes); });
  };
  EXPECT_THAT(decode("CPPN"), HasSubstr("4 bytes that do not begin as a genome does"));
  EXPECT_THAT(decode("DCPN1234"), HasSubstr("expected 2307 weights of 4 bytes, as the encoding's "
                                            "settings say, found 4 bytes"));
  std::string bytes = encoding->encode(*genome);
  bytes.replace(bytes.size() - 4, 4, std::string("\0\0\x80\x7f", 4));
  EXPECT_THAT(decode(bytes), HasSubstr("weight 2306 is inf, expected -10..10"));

  const auto read = [&](const Json& json) {
    return error_of(ErrorKind::kData, [&] { encoding->from_json(json); });
  };
  EXPECT_THAT(read(5), HasSubstr("expected an object, found number"));
  const auto narrow = make({8, 8, 3}, {{"width", 16}});
  Json json = narrow->to_json(*narrow->random({1, 0, 0}));
  EXPECT_THAT(read(json), HasSubstr("expected width 32, as the encoding's settings say, found 16"));
  json = encoding->to_json(*genome);
  json.erase("activation");
  EXPECT_THAT(read(json), HasSubstr("expected activation \"sine\""));
  json = encoding->to_json(*genome);
  json["weights"] = 1;
  EXPECT_THAT(read(json), HasSubstr("there is no text \"weights\""));
  json["weights"] = "AAAA";
  EXPECT_THAT(read(json), HasSubstr("damaged"));
}

TEST(DenseCppn, JsonSaysWhatTheWeightsAreOf) {
  const auto encoding = make({8, 8, 1}, {{"width", 2}, {"layers", 1}});
  const GenomePtr genome =
      with_weights(*encoding, {0.5F, 0.7F, 0.1F, -0.3F, 0.2F, 0.4F, 1.2F, -0.8F, 0.25F});
  const Json json = encoding->to_json(*genome);
  EXPECT_EQ(json.at("layers"), 1);
  EXPECT_EQ(json.at("width"), 2);
  EXPECT_EQ(json.at("activation"), "sine");
  EXPECT_EQ(json.at("distance"), false);
  EXPECT_EQ(json.at("outputs"), 1);
  EXPECT_EQ(unpack_text(json.at("weights").get<std::string>(), 36, "").size(), 36U);
}

// The same on every machine and with every compiler. These numbers may change only together with
// what a seed means.
TEST(DenseCppn, GenomesAndPicturesAreFixed) {
  const auto of_preset = [](const char* preset) {
    return fingerprint(*make_encoding("dense-cppn", {19, 23, 3}, {{"preset", preset}}));
  };
  EXPECT_EQ(of_preset("default"), 10205173796704378173U);
  EXPECT_EQ(of_preset("composite"), 6719637370545036849U);
  EXPECT_EQ(of_preset("paper-functions"), 10677505509084759478U);
}

}  // namespace
}  // namespace fool
