#include <gtest/gtest.h>

#include "encoding/genomes.h"
#include "fool/render/renderer.h"

namespace fool {
namespace {

TEST(ReferenceRenderer, DrawsAsTheEncodingDoes) {
  const auto encoding = make_encoding("cppn", {9, 11, 3});
  const std::vector<GenomePtr> genomes = {descendant(*encoding, 1, 10),
                                          descendant(*encoding, 2, 10)};
  ImageBatch images(2, {9, 11, 3});
  make_renderer("reference", *encoding)->render(genomes, images);
  ImageBatch expected(2, {9, 11, 3});
  encoding->render(*genomes[0], expected[0]);
  encoding->render(*genomes[1], expected[1]);
  EXPECT_TRUE(std::equal(images.bytes().begin(), images.bytes().end(), expected.bytes().begin()));
}

}  // namespace
}  // namespace fool
