#include "encoding/genomes.h"
#include "render/same_bits.h"

namespace fool {
namespace {

TEST(DirectTiled, PicturesHaveTheSameBits) {
  for (const ImageShape& shape :
       {ImageShape{28, 28, 1}, {227, 227, 3}, {1, 1, 3}, {5, 3, 3}, {16, 16, 3}}) {
    for (const char* genes : {"integer", "real"}) {
      for (const char* space : {"hsv", "hls", "rgb"}) {
        for (const int hue_scale : {180, 255}) {
          const auto encoding =
              make_encoding("direct", shape,
                            {{"genes", genes}, {"color_space", space}, {"hue_scale", hue_scale}});
          std::vector<GenomePtr> genomes;
          for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            genomes.push_back(descendant(*encoding, seed, 3 * static_cast<int>(seed)));
          }
          expect_same_bits(*encoding, genomes);
          expect_same_bits_in_windows(*encoding, {genomes[0]});
        }
      }
    }
  }
}

}  // namespace
}  // namespace fool
