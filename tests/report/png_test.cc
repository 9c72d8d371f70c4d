#include "fool/report/png.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>
#include <zlib.h>

#include <array>
#include <filesystem>
#include <vector>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/rng.h"
#include "report/support.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

ImageBatch noise(ImageShape shape) {
  ImageBatch image(1, shape);
  RngStream rng(1, "test.noise", 0, 0);
  for (std::uint8_t& byte : image.bytes()) byte = static_cast<std::uint8_t>(rng.uniform_int(256));
  return image;
}

std::vector<int> pixels(const ImageBatch& image) {
  return {image.bytes().begin(), image.bytes().end()};
}

// What another program might write: any colour type and depth.
struct ForeignPng {
  int width = 2;
  int height = 1;
  int depth = 8;
  int type = PNG_COLOR_TYPE_GRAY;
  std::vector<std::uint8_t> row;
  std::vector<png_color> palette;
  std::vector<png_byte> palette_alpha;
  int interlace = PNG_INTERLACE_NONE;

  std::string bytes() const {
    std::string result;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(
        png, &result,
        [](png_structp p, png_bytep data, std::size_t size) {
          static_cast<std::string*>(png_get_io_ptr(p))->append(reinterpret_cast<char*>(data), size);
        },
        nullptr);
    png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height),
                 depth, type, interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (!palette.empty()) png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
    if (!palette_alpha.empty()) {
      png_set_tRNS(png, info, palette_alpha.data(), static_cast<int>(palette_alpha.size()),
                   nullptr);
    }
    png_write_info(png, info);
    const int passes = png_set_interlace_handling(png);
    for (int i = 0; i < passes * height; ++i) png_write_row(png, row.data());
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return result;
  }
};

TEST(Png, KeepsPixels) {
  for (const ImageShape shape : {ImageShape{28, 28, 1}, ImageShape{5, 7, 3}, ImageShape{1, 1, 1}}) {
    const ImageBatch image = noise(shape);
    const Png read = decode_png(encode_png(image[0]), "x");
    EXPECT_EQ(read.image.shape(), shape);
    EXPECT_EQ(pixels(read.image), pixels(image));
    EXPECT_TRUE(read.text.empty());
  }
}

TEST(Png, KeepsShortLongAndForeignText) {
  const PngText text{{"empty", ""},
                     {"confidence", "0.99999"},
                     {"genome", "{\"genes\": [" + std::string(5000, '7') + "]}"},
                     {"label", "Hündchen \xE7\x8A\xAC"},
                     {"long", std::string(3000, 'x') + "\xC3\xA9"}};
  const std::string bytes = encode_png(noise({2, 2, 1})[0], text);
  EXPECT_EQ(decode_png(bytes, "x").text, text);
  for (const char* type : {"tEXt", "zTXt", "iTXt"}) EXPECT_THAT(bytes, HasSubstr(type));
  EXPECT_LT(bytes.size(), 1000U);  // the long ones are compressed
}

TEST(Png, TextIsReadWithoutThePixels) {
  const TemporaryFolder folder;
  std::string bytes = encode_png(noise({64, 64, 3})[0], {{"label", "agama"}});
  bytes[500] = static_cast<char>(bytes[500] ^ 1);
  write_file(folder / "a.png", bytes);
  EXPECT_EQ(read_png_text(folder / "a.png"), (PngText{{"label", "agama"}}));
  EXPECT_THROW(read_png(folder / "a.png"), Error);
}

TEST(Png, SameImageSameBytes) {
  const PngText text{{"a", "1"}, {"b", std::string(2000, 'b')}};
  EXPECT_EQ(encode_png(noise({9, 9, 3})[0], text), encode_png(noise({9, 9, 3})[0], text));
}

TEST(Png, FileRoundTrip) {
  const TemporaryFolder folder;
  const ImageBatch image = noise({4, 4, 3});
  write_png(folder / "a.png", image[0], {{"k", "v"}});
  const Png read = read_png(folder / "a.png");
  EXPECT_EQ(pixels(read.image), pixels(image));
  EXPECT_EQ(read.text, (PngText{{"k", "v"}}));
}

TEST(Png, ExpandsPalettesAndFewBits) {
  ForeignPng palette;
  palette.type = PNG_COLOR_TYPE_PALETTE;
  palette.palette = {{1, 2, 3}, {200, 100, 50}};
  palette.row = {1, 0};
  const Png colours = decode_png(palette.bytes(), "x");
  EXPECT_EQ(colours.image.shape(), (ImageShape{1, 2, 3}));
  EXPECT_EQ(pixels(colours.image), (std::vector<int>{200, 100, 50, 1, 2, 3}));

  ForeignPng bits;
  bits.depth = 1;
  bits.row = {0x40};
  EXPECT_EQ(pixels(decode_png(bits.bytes(), "x").image), (std::vector<int>{0, 255}));
}

TEST(Png, RoundsSixteenBits) {
  ForeignPng deep;
  deep.depth = 16;
  deep.row = {0x80, 0xFF, 0xFF, 0xFF};  // 33023 / 257 = 128.5
  const std::vector<int> read = pixels(decode_png(deep.bytes(), "x").image);
  EXPECT_NEAR(read[0], 128.5, 0.6);
  EXPECT_EQ(read[1], 255);
}

TEST(Png, ReadsInterlaced) {
  ForeignPng interlaced;
  interlaced.height = 9;
  interlaced.interlace = PNG_INTERLACE_ADAM7;
  interlaced.row = {10, 20};
  const Png read = decode_png(interlaced.bytes(), "x");
  EXPECT_EQ(read.image.shape(), (ImageShape{9, 2, 1}));
  EXPECT_EQ(pixels(read.image)[17], 20);
}

TEST(Png, DropsAlphaOnlyWhereItIsOpaque) {
  ForeignPng alpha;
  alpha.type = PNG_COLOR_TYPE_RGBA;
  alpha.row = {1, 2, 3, 255, 4, 5, 6, 255};
  EXPECT_EQ(pixels(decode_png(alpha.bytes(), "x").image), (std::vector<int>{1, 2, 3, 4, 5, 6}));
  alpha.row[3] = 254;
  expect_error(ErrorKind::kData, "y.png has transparent pixels; flatten it",
               [&] { decode_png(alpha.bytes(), "y.png"); });

  ForeignPng palette;
  palette.type = PNG_COLOR_TYPE_PALETTE;
  palette.palette = {{1, 2, 3}, {4, 5, 6}};
  palette.palette_alpha = {255, 0};
  palette.row = {0, 0};
  EXPECT_EQ(pixels(decode_png(palette.bytes(), "x").image), (std::vector<int>{1, 2, 3, 1, 2, 3}));
  palette.row = {0, 1};
  expect_error(ErrorKind::kData, "transparent", [&] { decode_png(palette.bytes(), "x"); });
}

TEST(Png, RejectsWhatIsNoImage) {
  expect_error(ErrorKind::kData, "x.png is not a PNG image", [] { decode_png("hello", "x.png"); });
  expect_error(ErrorKind::kData, "x.png is not a PNG image", [] { decode_png("", "x.png"); });
}

TEST(Png, MissingFileIsNamed) {
  expect_error(ErrorKind::kIo, "/nowhere/a.png", [] { read_png("/nowhere/a.png"); });
}

TEST(Png, EveryTruncationIsAnError) {
  const std::string bytes = encode_png(noise({6, 6, 3})[0], {{"label", "x"}});
  ::testing::internal::CaptureStderr();
  for (std::size_t size = 8; size < bytes.size(); ++size) {
    expect_error(ErrorKind::kData,
                 "x.png is a truncated or damaged PNG image: the file ends too early",
                 [&] { decode_png(bytes.substr(0, size), "x.png"); });
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(Png, EveryDamagedByteIsAnError) {
  const std::string bytes = encode_png(noise({6, 6, 3})[0], {{"label", "x"}});
  ::testing::internal::CaptureStderr();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    EXPECT_THROW(decode_png(damaged, "x.png"), Error) << "byte " << i;
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(Png, HugeImagesAreRefusedBeforeMemoryIsTaken) {
  ForeignPng small;
  small.row = {0, 0};
  std::string bytes = small.bytes();
  const std::string header = std::string("IHDR\0\1\0\0\0\1\0\0\x8\0\0\0\0", 17);  // 65536 x 65536
  const auto checksum = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(header.data()), static_cast<uInt>(header.size())));
  bytes.replace(12, header.size(), header);
  for (int i = 0; i < 4; ++i)
    bytes[29 + static_cast<std::size_t>(i)] = static_cast<char>(checksum >> (24 - 8 * i));
  expect_error(ErrorKind::kData, "big.png has 65536 x 65536 pixels; at most 67108864 are read",
               [&] { decode_png(bytes, "big.png"); });
}

TEST(Png, TextIsChecked) {
  const ImageBatch image = noise({1, 1, 1});
  expect_error(ErrorKind::kInternal, "\"\" cannot be a keyword", [&] {
    encode_png(image[0], {{"", "x"}});
  });
  expect_error(ErrorKind::kInternal, "cannot be a keyword", [&] {
    encode_png(image[0], {{"a\nb", "x"}});
  });
  expect_error(ErrorKind::kInternal, "\"a\" contains a zero byte", [&] {
    encode_png(image[0], {{"a", std::string("x\0y", 3)}});
  });
}

TEST(Png, AnImageWithoutPixelsCannotBeWritten) {
  expect_error(ErrorKind::kInternal, "cannot make a PNG: ", [] {
    encode_png({{0, 4, 1}, nullptr});
  });
}

}  // namespace
}  // namespace fool
