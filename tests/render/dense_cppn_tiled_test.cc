#include "encoding/dense_cppn.h"
#include "encoding/genomes.h"
#include "render/same_bits.h"

namespace fool {
namespace {

// Numbers of layers and units that fill no register, all activations, pictures of all sizes.
std::vector<Json> odd_settings() {
  std::vector<Json> result;
  for (const char* activation : {"sine", "composite", "paper"}) {
    for (const auto& [layers, width] : {std::pair{1, 1}, {2, 3}, {3, 32}, {4, 6}, {1, 33}}) {
      for (const bool distance : {false, true}) {
        result.push_back({{"activation", activation},
                          {"layers", layers},
                          {"width", width},
                          {"distance", distance},
                          {"output", distance ? "sine" : "sigmoid"},
                          {"color_space", width == 3 ? "hls"
                                          : distance ? "hsv"
                                                     : "rgb"}});
      }
    }
  }
  return result;
}

TEST(DenseCppnTiled, SmallPicturesHaveTheSameBits) {
  for (const Json& settings : odd_settings()) {
    for (const ImageShape& shape :
         {ImageShape{28, 28, 1}, {1, 1, 3}, {5, 3, 3}, {16, 16, 1}, {3, 100, 3}}) {
      const auto encoding = make_encoding("dense-cppn", shape, settings);
      std::vector<GenomePtr> genomes;
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        genomes.push_back(descendant(*encoding, seed, static_cast<int>(seed)));
      }
      expect_same_bits(*encoding, genomes);
    }
  }
}

TEST(DenseCppnTiled, LargePicturesHaveTheSameBits) {
  for (const char* preset : {"default", "composite", "paper-functions"}) {
    const auto encoding = make_encoding("dense-cppn", {227, 225, 3}, {{"preset", preset}});
    expect_same_bits(*encoding, {descendant(*encoding, 1, 3)});
    expect_same_bits_in_windows(*encoding, {descendant(*encoding, 2, 0)});
  }
}

// Where sums leave the range in which the activations need no clamping.
TEST(DenseCppnTiled, HugeWeightsHaveTheSameBits) {
  for (const char* activation : {"sine", "composite", "paper"}) {
    const auto encoding = make_encoding("dense-cppn", {40, 40, 3},
                                        {{"activation", activation},
                                         {"weight_range", 1000.0},
                                         {"first_scale", 100.0},
                                         {"scale", 100.0},
                                         {"weight_mutation_rate", 1.0},
                                         {"weight_mutation_sigma", 1000.0}});
    expect_same_bits(*encoding, {descendant(*encoding, 1, 1), descendant(*encoding, 2, 2)});
  }
}

TEST(DenseCppnTiled, OtherSizesHaveTheBitsOfRenderAt) {
  const auto encoding = make_encoding("dense-cppn", {28, 28, 3}, {{"distance", true}});
  const GenomePtr genome = descendant(*encoding, 1, 2);
  const ImageShape canvas{301, 77, 3};
  ImageBatch expected(1, canvas);
  encoding->render_at(*genome, expected[0]);
  for (const std::string& name : renderer_names(*encoding)) {
    ImageBatch image(1, canvas);
    make_renderer(name, *encoding, Frame::whole(canvas))->render({&genome, 1}, image);
    EXPECT_TRUE(std::equal(image.bytes().begin(), image.bytes().end(), expected.bytes().begin()))
        << name;
  }
}

}  // namespace
}  // namespace fool
