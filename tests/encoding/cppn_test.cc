#include "encoding/cppn.h"

#include <gmock/gmock.h>

#include <cmath>

#include "encoding/genomes.h"
#include "encoding/slopes.h"
#include "fool/core/error.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

using testing::HasSubstr;

// One output that is a function of x alone.
GenomePtr ramp_of_x(const Encoding& encoding, float weight) {
  return encoding.from_json({{"nodes",
                              {{{"id", 0}, {"type", "input"}, {"activation", "none"}},
                               {{"id", 1}, {"type", "input"}, {"activation", "none"}},
                               {{"id", 2}, {"type", "input"}, {"activation", "none"}},
                               {{"id", 3}, {"type", "input"}, {"activation", "none"}},
                               {{"id", 4}, {"type", "output"}, {"activation", "linear"}}}},
                             {"edges", {{{"from", 0}, {"to", 4}, {"weight", weight}}}}});
}

TEST(Cppn, DrawsTheAbsoluteValueOfTheOutput) {
  const auto encoding = make_encoding("cppn", {2, 5, 1});
  ImageBatch image(1, {2, 5, 1});
  encoding->render(*ramp_of_x(*encoding, 3.0F), image[0]);
  EXPECT_THAT(std::vector<int>(image.bytes().begin(), image.bytes().end()),
              testing::ElementsAre(255, 127, 0, 127, 255, 255, 127, 0, 127, 255));
}

TEST(Cppn, PixelCoordinatesAreIndices) {
  const auto encoding = make_encoding("cppn", {1, 5, 1}, {{"coordinates", "pixel"}});
  ImageBatch image(1, {1, 5, 1});
  encoding->render(*ramp_of_x(*encoding, 0.5F), image[0]);
  EXPECT_THAT(std::vector<int>(image.bytes().begin(), image.bytes().end()),
              testing::ElementsAre(0, 42, 85, 127, 170));
}

// The three outputs are hue, saturation and value (or lightness and saturation).
TEST(Cppn, OutputsAreReadAsColours) {
  CppnGraph graph;
  graph.outputs = 3;
  graph.activations.assign(3, Activation::kLinear);
  // Linear: 3 / 3 = 1 for full, so hue 1/3 of the circle, then full and full.
  graph.edges = {{3, 4, 1.0F}, {3, 5, 3.0F}, {3, 6, 3.0F}};
  const CppnGenome genome(graph);
  const auto draw = [&](const char* space) {
    const auto encoding = make_encoding("cppn", {1, 1, 3}, {{"color_space", space}});
    ImageBatch image(1, {1, 1, 3});
    encoding->render(genome, image[0]);
    return std::vector<int>(image.bytes().begin(), image.bytes().end());
  };
  EXPECT_THAT(draw("hsv"), testing::ElementsAre(0, 255, 0));
  EXPECT_THAT(draw("hls"), testing::ElementsAre(255, 255, 255));
  EXPECT_THAT(draw("rgb"), testing::ElementsAre(85, 255, 255));
}

// Twice as large less one: every second pixel lies where the small picture has one.
TEST(Cppn, TheSamePictureAppearsInAnotherSize) {
  for (const char* preset : {"paper", "released-code"}) {
    const auto encoding = make_encoding("cppn", {33, 17, 3}, {{"preset", preset}});
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const GenomePtr genome = descendant(*encoding, seed, 20);
      ImageBatch small(1, {33, 17, 3});
      ImageBatch large(1, {65, 33, 3});
      encoding->render(*genome, small[0]);
      encoding->render_at(*genome, large[0]);
      for (int row = 0; row < 33; ++row) {
        for (int column = 0; column < 17; ++column) {
          for (int c = 0; c < 3; ++c) {
            const int in_small =
                small.bytes()[static_cast<std::size_t>((row * 17 + column) * 3 + c)];
            const int in_large =
                large.bytes()[static_cast<std::size_t>((2 * row * 33 + 2 * column) * 3 + c)];
            ASSERT_EQ(in_small, in_large) << preset << " " << seed << " " << row << " " << column;
          }
        }
      }
    }
  }
}

TEST(Cppn, PresetsSayWhatTheirNamesSay) {
  const auto resolve = [](const char* preset) {
    return EncodingRegistry::instance().resolve({{"type", "cppn"}, {"preset", preset}}, "encoding");
  };
  EXPECT_EQ(resolve("paper")["coordinates"], "normalised");
  EXPECT_EQ(resolve("paper")["color_space"], "hsv");
  EXPECT_EQ(resolve("paper")["hue_scale"], 180);
  EXPECT_EQ(resolve("released-code")["coordinates"], "pixel");
  EXPECT_EQ(resolve("released-code")["color_space"], "hls");
  EXPECT_EQ(resolve("released-code")["hue_scale"], 255);
  // They differ in how a genome is drawn, not in how it evolves; and the default is the paper.
  for (const char* key :
       {"activations", "weight_range", "weight_mutation_rate", "weight_mutation_eta",
        "activation_mutation_rate", "add_edge_rate", "delete_edge_rate", "split_edge_rate",
        "delete_node_rate", "split_weights", "parallel_edges"}) {
    EXPECT_EQ(resolve("paper")[key], resolve("released-code")[key]) << key;
    EXPECT_EQ(resolve("paper")[key], resolve("default")[key]) << key;
  }
}

TEST(Cppn, NamesWhatIsWrong) {
  try {
    make_encoding("cppn", {28, 28, 2});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kConfig);
    EXPECT_THAT(e.what(), HasSubstr("1 or 3 channels, not of 2"));
  }
  const auto encoding = make_encoding("cppn", {28, 28, 1});
  const auto direct = make_encoding("direct", {28, 28, 1});
  const GenomePtr other = direct->random({1, 0, 0});
  ImageBatch image(1, {28, 28, 1});
  try {
    encoding->render(*other, image[0]);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kInternal);
    EXPECT_THAT(e.what(), HasSubstr("the cppn encoding was given a genome of another encoding"));
  }
  // A genome of three outputs for a grey image.
  const auto color = make_encoding("cppn", {28, 28, 3});
  const std::string bytes = color->encode(*color->random({1, 0, 0}));
  try {
    encoding->decode(bytes);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kData);
    EXPECT_THAT(e.what(), HasSubstr("it has 3 output nodes, the image needs 1"));
  }
}

TEST(Cppn, ConfigurationErrorsNameTheSetting) {
  const auto message = [](const Json& settings) -> std::string {
    try {
      make_encoding("cppn", {28, 28, 1}, settings);
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kConfig);
      return e.what();
    }
    return "";
  };
  EXPECT_THAT(message({{"activations", {"sine", "cosine"}}}), HasSubstr("cosine"));
  EXPECT_THAT(message({{"activations", Json::array()}}), HasSubstr("activations"));
  EXPECT_THAT(message({{"add_edge_rate", 1.5}}), HasSubstr("add_edge_rate"));
  EXPECT_THAT(message({{"coordinates", "raw"}}), HasSubstr("coordinates"));
}

const CppnGraph& graph_of(const GenomePtr& genome) {
  return dynamic_cast<const CppnGenome&>(*genome).graph;
}

// A channel of a pixel as a continuous function of the weights, node by node from its definition.
class PixelInDoubles {
 public:
  PixelInDoubles(const CppnEncoding& encoding, const CppnGraph& graph, int row, int column)
      : encoding_(encoding), graph_(graph), edges_into_(graph) {
    const ImageShape& shape = encoding.shape();
    const CppnCoordinates at = encoding.coordinates(shape.height, shape.width);
    inputs_ = {static_cast<double>(at.x(column)), static_cast<double>(at.y(row)),
               static_cast<double>(at.d(row, column)), 1.0};
  }

  double level(const std::vector<double>& weights, std::size_t channel) const {
    std::vector<double> known(static_cast<std::size_t>(graph_.nodes()), std::nan(""));
    std::array<double, 3> numbers{};
    for (int output = 0; output < graph_.outputs; ++output) {
      const double value = value_of(CppnGraph::kInputs + output, weights, &known);
      numbers[static_cast<std::size_t>(output)] = 255 * std::fabs(value);
    }
    return graph_.outputs == 1 ? numbers[0] : rgb_in_doubles(encoding_.color(), numbers)[channel];
  }

 private:
  double value_of(int node, const std::vector<double>& weights, std::vector<double>* known) const {
    if (graph_.is_input(node)) return inputs_[static_cast<std::size_t>(node)];
    const auto n = static_cast<std::size_t>(node);
    if (!std::isnan((*known)[n])) return (*known)[n];
    double sum = 0;
    for (const int e : edges_into_[node]) {
      const auto edge = static_cast<std::size_t>(e);
      sum += weights[edge] * value_of(graph_.edges[edge].from, weights, known);
    }
    (*known)[n] = activate_in_doubles(graph_.activations[n - CppnGraph::kInputs], sum);
    return (*known)[n];
  }

  const CppnEncoding& encoding_;
  const CppnGraph& graph_;
  EdgesInto edges_into_;
  std::array<double, 4> inputs_{};
};

// All weights' gradients of one channel of one pixel.
void expect_gradient_of_differences(const CppnEncoding& encoding, const GenomePtr& genome,
                                    std::size_t pixel, std::size_t channel) {
  const auto columns = static_cast<std::size_t>(encoding.shape().width);
  const auto channels = static_cast<std::size_t>(encoding.shape().channels);
  std::vector<float> by_pixels(encoding.shape().size());
  by_pixels[pixel * channels + channel] = 1;
  const std::vector<float> parameters = encoding.parameters(*genome);
  std::vector<float> gradient(parameters.size(), 77.0F);
  encoding.pull_back(*genome, by_pixels, gradient);

  const std::vector<double> weights(parameters.begin(), parameters.end());
  const PixelInDoubles in_doubles(encoding, graph_of(genome), static_cast<int>(pixel / columns),
                                  static_cast<int>(pixel % columns));
  double largest = 0;
  for (const float g : gradient) largest = std::max(largest, std::fabs(static_cast<double>(g)));
  for (std::size_t e = 0; e < weights.size(); ++e) {
    const auto f = [&](double step) {
      std::vector<double> moved = weights;
      moved[e] += step;
      return in_doubles.level(moved, channel);
    };
    // The passes are in single precision, and every node on the way amplifies their rounding.
    ASSERT_TRUE(is_slope(static_cast<double>(gradient[e]), f, 1e-3 * largest + 1e-3, 1e-7))
        << "edge " << e << " of " << weights.size() << ", pixel " << pixel << ", channel "
        << channel;
  }
}

const CppnEncoding& as_cppn(const Encoding& encoding) {
  return dynamic_cast<const CppnEncoding&>(encoding);
}

// Every activation between the coordinates and a colour, with parallel edges and a node that leads
// nowhere.
TEST(Cppn, ItsGradientIsThatOfTheContinuousPicture) {
  RngStream rng(1, "test.cppn_gradient", 0, 0);
  for (const char* coordinates : {"normalised", "pixel"}) {
    for (const char* space : {"rgb", "hsv", "hls"}) {
      for (const int channels : {1, 3}) {
        const auto encoding = make_encoding("cppn", {4, 6, channels},
                                            {{"coordinates", coordinates}, {"color_space", space}});
        for (const Activation activation : all_activations()) {
          CppnGraph graph;
          graph.outputs = channels;
          graph.activations.assign(static_cast<std::size_t>(channels), Activation::kSine);
          graph.activations.insert(graph.activations.end(), 4, activation);
          const auto weight = [&](double size) {
            return static_cast<float>(size * (2 * rng.uniform() - 1));
          };
          const int hidden = graph.first_hidden();
          for (int i = 0; i < 3; ++i) {
            for (int input = 0; input < CppnGraph::kInputs; ++input)
              graph.edges.push_back({input, hidden + i, weight(1)});
            for (int output = 0; output < channels; ++output)
              graph.edges.push_back({hidden + i, CppnGraph::kInputs + output, weight(2)});
          }
          graph.edges.push_back({0, hidden, weight(1)});
          graph.edges.push_back({1, hidden + 3, weight(1)});
          check_graph(graph, channels, 10);
          const GenomePtr genome = std::make_shared<CppnGenome>(graph);
          for (int i = 0; i < 12; ++i) {
            const std::uint32_t pixel = rng.uniform_int(24);
            const std::size_t channel = rng.uniform_int(static_cast<std::uint32_t>(channels));
            expect_gradient_of_differences(as_cppn(*encoding), genome, pixel, channel);
          }
        }
      }
    }
  }
}

TEST(Cppn, TheGradientOfEvolvedGraphsIsThatOfTheContinuousPicture) {
  RngStream rng(2, "test.cppn_gradient", 0, 0);
  for (const char* preset : {"paper", "released-code"}) {
    for (const int channels : {1, 3}) {
      // Small weights, so that rounding stays rounding after many nodes.
      const auto encoding = make_encoding(
          "cppn", {4, 6, channels},
          {{"preset", preset},
           {"weight_range", 1.0},
           {"activations", {"sine", "sigmoid", "gaussian", "linear", "tanh", "relu"}}});
      for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const GenomePtr genome = descendant(*encoding, seed, 100);
        for (int i = 0; i < 4; ++i) {
          const std::uint32_t pixel = rng.uniform_int(24);
          const std::size_t channel = rng.uniform_int(static_cast<std::uint32_t>(channels));
          expect_gradient_of_differences(as_cppn(*encoding), genome, pixel, channel);
        }
      }
    }
  }
}

TEST(Cppn, ParametersAreTheWeightsOfTheEdges) {
  const auto encoding = make_encoding("cppn", {8, 8, 3}, {{"weight_range", 0.3}});
  ASSERT_NE(encoding->differentiable(), nullptr);
  const Differentiable& differentiable = *encoding->differentiable();
  const GenomePtr genome = descendant(*encoding, 1, 30);
  const CppnGraph& graph = graph_of(genome);
  std::vector<float> parameters = differentiable.parameters(*genome);
  ASSERT_EQ(parameters.size(), graph.edges.size());
  for (std::size_t e = 0; e < parameters.size(); ++e) {
    EXPECT_EQ(parameters[e], graph.edges[e].weight);
  }
  const float kept = parameters[2];
  parameters[0] = 0.125F;
  parameters[1] = -5.0F;
  parameters[2] = std::nanf("");
  const GenomePtr changed = differentiable.with_parameters(*genome, parameters);
  const CppnGraph& after = graph_of(changed);
  EXPECT_EQ(after.activations, graph.activations);
  EXPECT_EQ(after.edges[0].weight, 0.125F);
  EXPECT_EQ(after.edges[1].weight, -0.3F);
  EXPECT_EQ(after.edges[2].weight, kept);
  parameters.push_back(0.0F);
  try {
    differentiable.with_parameters(*genome, parameters);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kInternal);
    EXPECT_THAT(e.what(), HasSubstr("parameters for a cppn genome of"));
  }
}

// The same on every machine and with every compiler. These numbers may change only together with
// what a seed means.
TEST(Cppn, GenomesAndPicturesAreFixed) {
  const auto of_preset = [](const char* preset) {
    return fingerprint(*make_encoding("cppn", {19, 23, 3}, {{"preset", preset}}));
  };
  EXPECT_EQ(of_preset("paper"), 3296054370943048687U);
  EXPECT_EQ(of_preset("released-code"), 6932633328560276945U);
}

}  // namespace
}  // namespace fool
