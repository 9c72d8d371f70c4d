#include "report/page/pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fool/report/png.h"
#include "report/support.h"

namespace fool {
namespace {

ImageBatch ramp(ImageShape shape) {
  ImageBatch image(1, shape);
  std::uint8_t value = 0;
  for (std::uint8_t& byte : image.bytes()) byte = value = static_cast<std::uint8_t>(value + 7);
  return image;
}

bool same(const ImageBatch& a, const ImageBatch& b) {
  return a.shape() == b.shape() &&
         std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin());
}

TEST(Pictures, TextIsTakenOutAndPixelsStay) {
  const ImageBatch image = ramp({5, 7, 3});
  const std::string long_text(3000, 'x');
  const std::string png =
      encode_png(image[0], {{"short", "a"}, {"long", long_text}, {"foreign", "ä"}});
  const std::string bare = without_text(png, "a.png");
  EXPECT_LT(bare.size(), png.size());
  const Png read = decode_png(bare, "a.png");
  EXPECT_TRUE(read.text.empty());
  EXPECT_TRUE(same(read.image, image));
  EXPECT_EQ(without_text(bare, "a.png"), bare);
}

TEST(Pictures, WhatIsNoPngIsRefused) {
  const std::string png = encode_png(ramp({5, 7, 1})[0]);
  for (const std::string& bytes :
       {std::string(), std::string("GIF89a"), png.substr(0, 20), png.substr(0, png.size() - 3)}) {
    expect_error(ErrorKind::kData, "a.png: it is no whole PNG",
                 [&] { without_text(bytes, "a.png"); });
  }
}

TEST(Pictures, AreScaledToFit) {
  EXPECT_TRUE(same(fit(ramp({5, 7, 3})[0], 0), ramp({5, 7, 3})));
  EXPECT_TRUE(same(fit(ramp({5, 7, 3})[0], 7), ramp({5, 7, 3})));
  EXPECT_EQ(fit(ramp({10, 20, 3})[0], 8).shape(), (ImageShape{4, 8, 3}));
  EXPECT_EQ(fit(ramp({1, 20, 1})[0], 8).shape(), (ImageShape{1, 8, 1}));
}

TEST(Pictures, Base64AsInRfc4648) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
}

TEST(Pictures, GenomesAreDrawnSmallWhateverTheEncoding) {
  for (const char* type : {"cppn", "direct"}) {
    const auto& registry = EncodingRegistry::instance();
    const auto encoding =
        registry.make(registry.resolve({{"type", type}}, "encoding"), ImageShape{32, 16, 3});
    const GenomePtr genome = encoding->random({1, 0, 0});
    EXPECT_EQ(decode_png(SmallPainter(*encoding, 8).png(genome), type).image.shape(),
              (ImageShape{8, 4, 3}));
    ImageBatch whole(1, encoding->shape());
    encoding->render(*genome, whole[0]);
    EXPECT_TRUE(same(decode_png(SmallPainter(*encoding, 0).png(genome), type).image, whole));
  }
}

}  // namespace
}  // namespace fool
