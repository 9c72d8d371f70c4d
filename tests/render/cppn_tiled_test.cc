#include "encoding/cppn.h"
#include "encoding/genomes.h"
#include "render/grown_cppn.h"
#include "render/same_bits.h"

namespace fool {
namespace {

const Json kAllActivations = {
    {"activations", {"sine", "sigmoid", "gaussian", "linear", "tanh", "relu"}}};

TEST(CppnTiled, ThousandsOfSmallPicturesHaveTheSameBits) {
  for (const ImageShape& shape :
       {ImageShape{28, 28, 1}, {1, 1, 3}, {5, 3, 3}, {16, 16, 1}, {3, 100, 1}}) {
    for (const char* preset : {"paper", "released-code"}) {
      Json settings = kAllActivations;
      settings["preset"] = preset;
      const auto encoding = make_encoding("cppn", shape, settings);
      std::vector<GenomePtr> genomes;
      for (std::uint64_t seed = 1; seed <= 250; ++seed) {
        genomes.push_back(descendant(*encoding, seed, static_cast<int>(seed) % 80));
      }
      expect_same_bits(*encoding, genomes);
    }
  }
}

TEST(CppnTiled, LargePicturesHaveTheSameBits) {
  for (const ImageShape& shape :
       {ImageShape{227, 227, 3}, {256, 256, 3}, {7, 1000, 3}, {1000, 2, 1}}) {
    for (const char* preset : {"paper", "released-code"}) {
      const auto encoding = make_encoding("cppn", shape, {{"preset", preset}});
      std::vector<GenomePtr> genomes;
      for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        genomes.push_back(descendant(*encoding, seed, 20 * static_cast<int>(seed)));
        genomes.push_back(grown_cppn(dynamic_cast<const CppnEncoding&>(*encoding), seed,
                                     8 * static_cast<int>(seed)));
      }
      expect_same_bits(*encoding, genomes);
    }
  }
}

TEST(CppnTiled, WindowsOfLargePicturesHaveTheSameBits) {
  for (const char* preset : {"paper", "released-code"}) {
    const auto encoding = make_encoding("cppn", {256, 256, 3}, {{"preset", preset}});
    expect_same_bits_in_windows(*encoding,
                                {grown_cppn(dynamic_cast<const CppnEncoding&>(*encoding), 1, 12)});
  }
}

TEST(CppnTiled, OtherSizesHaveTheBitsOfRenderAt) {
  for (const char* preset : {"paper", "released-code"}) {
    const auto encoding = make_encoding("cppn", {28, 28, 3}, {{"preset", preset}});
    const GenomePtr genome = descendant(*encoding, 1, 60);
    const ImageShape canvas{301, 77, 3};
    ImageBatch expected(1, canvas);
    encoding->render_at(*genome, expected[0]);
    for (const std::string& name : renderer_names(*encoding)) {
      if (name == "cuda") continue;  // draws the encoding's own size alone
      ImageBatch image(1, canvas);
      make_renderer(name, *encoding, Frame::whole(canvas))->render({&genome, 1}, image);
      EXPECT_TRUE(std::equal(image.bytes().begin(), image.bytes().end(), expected.bytes().begin()))
          << name;
    }
  }
}

// Outputs that see a single coordinate or none, and nodes with more edges than are added at a time.
TEST(CppnTiled, OddGraphsHaveTheSameBits) {
  const ImageShape shape{37, 41, 3};
  const auto encoding = make_encoding("cppn", shape);
  std::vector<GenomePtr> genomes;
  const auto add = [&](std::vector<CppnEdge> edges, int hidden) {
    CppnGraph graph;
    graph.outputs = 3;
    graph.activations.assign(static_cast<std::size_t>(3 + hidden), Activation::kGaussian);
    graph.edges = std::move(edges);
    check_graph(graph, 3, 10);
    genomes.push_back(std::make_shared<CppnGenome>(graph));
  };
  add({}, 0);
  add({{0, 4, 0.7F}, {1, 5, 0.9F}, {3, 6, 0.5F}}, 0);
  add({{1, 4, 0.7F}, {1, 5, 0.9F}, {1, 6, 0.5F}}, 0);
  add({{1, 7, 0.7F}, {3, 7, 0.3F}, {7, 4, 1.1F}, {7, 5, 0.9F}, {2, 5, 0.2F}, {0, 6, 0.5F}}, 1);
  std::vector<CppnEdge> many;
  for (int i = 0; i < 50; ++i)
    many.push_back({i % 4, 4 + i % 3, 0.01F * static_cast<float>(i - 25)});
  add(many, 0);
  expect_same_bits(*encoding, genomes);
}

}  // namespace
}  // namespace fool
