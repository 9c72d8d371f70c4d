#include <gmock/gmock.h>

#include <algorithm>

#include "cuda/needs_device.h"
#include "encoding/cppn.h"
#include "encoding/genomes.h"
#include "fakes/expect_error.h"
#include "render/grown_cppn.h"
#include "render/same_bits.h"

namespace fool::cuda {
namespace {

const Json kAllActivations = {
    {"activations", {"sine", "sigmoid", "gaussian", "linear", "tanh", "relu"}}};

class CudaRenderer : public NeedsDevice {};

TEST_F(CudaRenderer, IsThereButNeverTheAutomaticChoice) {
  for (const char* type : {"cppn", "direct"}) {
    const auto encoding = make_encoding(type, {28, 28, 1});
    EXPECT_THAT(renderer_names(*encoding), testing::Contains("cuda"));
    EXPECT_NE(make_renderer("auto", *encoding)->name(), "cuda");
    EXPECT_EQ(make_renderer("cuda", *encoding)->name(), "cuda");
  }
}

TEST_F(CudaRenderer, ThousandsOfSmallPicturesHaveTheSameBits) {
  for (const ImageShape& shape :
       {ImageShape{28, 28, 1}, {1, 1, 3}, {5, 3, 3}, {16, 16, 1}, {3, 100, 1}, {33, 47, 3}}) {
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

TEST_F(CudaRenderer, WindowsHaveTheSameBitsAndOtherSizesAreRefused) {
  const auto encoding = make_encoding("cppn", {33, 47, 3});
  expect_same_bits_in_windows(*encoding, {descendant(*encoding, 1, 30)});
  EXPECT_THAT(error_message(ErrorKind::kUsage,
                            [&] {
                              make_renderer("cuda", *encoding, Frame::whole({66, 94, 3}));
                            }),
              testing::HasSubstr("draws 33 x 47 pixels as the encoding does, not 66 x 94"));
}

TEST_F(CudaRenderer, LargePicturesHaveTheSameBits) {
  for (const ImageShape& shape :
       {ImageShape{227, 227, 3}, {256, 256, 3}, {7, 1000, 3}, {1000, 2, 1}}) {
    for (const char* preset : {"paper", "released-code"}) {
      for (const char* space : {"hsv", "hls", "rgb"}) {
        const auto encoding =
            make_encoding("cppn", shape, {{"preset", preset}, {"color_space", space}});
        std::vector<GenomePtr> genomes;
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
          genomes.push_back(descendant(*encoding, seed, 20 * static_cast<int>(seed)));
          genomes.push_back(grown_cppn(dynamic_cast<const CppnEncoding&>(*encoding), seed,
                                       8 * static_cast<int>(seed)));
        }
        expect_same_bits(*encoding, genomes);
      }
    }
  }
}

// A star: all hidden nodes are needed until the end, more than fast memory has room for.
TEST_F(CudaRenderer, NetworksBeyondFastMemoryHaveTheSameBits) {
  const auto encoding = make_encoding("cppn", {61, 37, 3});
  std::vector<GenomePtr> genomes;
  for (const int hidden : {10, 40, 44, 45, 100, 3000}) {
    CppnGraph graph;
    graph.outputs = 3;
    for (int i = 0; i < 3 + hidden; ++i)
      graph.activations.push_back(static_cast<Activation>(i % kActivationCount));
    for (int i = 0; i < hidden; ++i) {
      graph.edges.push_back({i % 3, 7 + i, 0.01F * static_cast<float>(i % 700)});
      for (int output = 4; output < 7; ++output)
        graph.edges.push_back({7 + i, output, 0.3F * static_cast<float>(i % 5 - 2)});
    }
    check_graph(graph, 3, 10);
    genomes.push_back(std::make_shared<CppnGenome>(graph));
  }
  expect_same_bits(*encoding, genomes);
}

TEST_F(CudaRenderer, DirectPicturesHaveTheSameBits) {
  for (const ImageShape& shape : {ImageShape{28, 28, 1}, {1, 1, 3}, {5, 3, 3}, {227, 227, 3}}) {
    for (const char* genes : {"integer", "real"}) {
      for (const char* space : {"hsv", "hls", "rgb"}) {
        const auto encoding =
            make_encoding("direct", shape, {{"genes", genes}, {"color_space", space}});
        std::vector<GenomePtr> genomes;
        for (std::uint64_t seed = 1; seed <= 20; ++seed)
          genomes.push_back(descendant(*encoding, seed, 3));
        expect_same_bits(*encoding, genomes);
      }
    }
  }
}

TEST_F(CudaRenderer, ImagesBeyondTheGenomesAreLeftAlone) {
  for (const char* type : {"cppn", "direct"}) {
    const auto encoding = make_encoding(type, {5, 7, 3});
    const GenomePtr genome = encoding->random({1, 0, 0});
    ImageBatch images(3, {5, 7, 3});
    for (std::uint8_t& byte : images.bytes()) byte = 77;
    const auto renderer = make_renderer("cuda", *encoding);
    renderer->render({}, images);
    renderer->render({&genome, 1}, images);
    for (std::size_t i = images.shape().size(); i < images.bytes().size(); ++i)
      ASSERT_EQ(images.bytes()[i], 77);
  }
}

}  // namespace
}  // namespace fool::cuda
