#include "encoding/cppn.h"

#include <gmock/gmock.h>

#include <cmath>

#include "encoding/genomes.h"
#include "fool/core/error.h"

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
