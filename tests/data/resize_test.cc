#include "fool/data/resize.h"

#include <gmock/gmock.h>

#include <numeric>

#include "fakes/expect_error.h"
#include "fool/core/error.h"
#include "fool/core/files.h"

namespace fool {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ImageBatch pattern(const ImageShape& shape) {
  ImageBatch image(1, shape);
  std::uint8_t* out = image[0].data;
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) {
      for (int c = 0; c < shape.channels; ++c) {
        *out++ = static_cast<std::uint8_t>((31 * y + 17 * x + 53 * c + y * x) % 256);
      }
    }
  }
  return image;
}

std::string hash_of(const ImageBatch& image) {
  return sha256_hex({reinterpret_cast<const char*>(image.bytes().data()), image.bytes().size()});
}

// By hand: three pixels to two; each is a triangle of half base 1.5, centred at 0.75 and 2.25: the
// weights of the pixel centres 0.5, 1.5 (and 2.5 outside) are 5/6 and 1/2, so 5/8 and 3/8.
TEST(Resize, ByHand) {
  ImageBatch image(1, {1, 3, 1});
  image[0].data[0] = 0;
  image[0].data[1] = 80;
  image[0].data[2] = 160;
  EXPECT_THAT(resize_bilinear(image[0], 1, 2).bytes(), ElementsAre(30, 130));
  EXPECT_THAT(resize_bilinear(image[0], 2, 3).bytes(), ElementsAre(0, 80, 160, 0, 80, 160));
}

// Values of Pillow 9.4, Image.resize((width, height), Image.BILINEAR).
TEST(Resize, SmallImagesAsPillow) {
  EXPECT_THAT(resize_bilinear(pattern({4, 5, 1})[0], 2, 3).bytes(),
              ElementsAre(30, 58, 85, 79, 109, 140));
  EXPECT_THAT(resize_bilinear(pattern({2, 3, 1})[0], 3, 4).bytes(),
              ElementsAre(0, 11, 23, 34, 16, 27, 40, 51, 31, 42, 56, 67));
  EXPECT_THAT(resize_bilinear(pattern({3, 3, 1})[0], 3, 2).bytes(),
              ElementsAre(6, 28, 38, 60, 69, 93));
}

TEST(Resize, LargeImagesAsPillow) {
  struct Case {
    ImageShape from;
    int height;
    int width;
    const char* sha256;
  };
  for (const Case& c : {
           Case{{299, 299, 3},
                227,
                227,
                "d83e36bb788597bf85748a49496a948bf68003309a9936d3c236833ae248f577"},
           Case{{299, 299, 3},
                224,
                224,
                "d40cfadf483d5463fba406464829f748577d81e7684e116cc3d753606240fcc4"},
           Case{{299, 299, 3},
                160,
                160,
                "68ba2e3ed28fae2c031143b6bafca6fe90baca94ac256d1769d52586bef16245"},
           Case{{61, 97, 3},
                28,
                28,
                "877b768b3b980e711926507a37a438d1bec044886e0504863eb1bcfbfab0965b"},
           Case{{28, 28, 1},
                299,
                100,
                "0c7540faf9a619a055a06caf23c5f8969639d4192e7cf90c2a3eb566b709e8b5"},
           Case{{37, 53, 3},
                37,
                20,
                "bbecd87e4550e2de101b250a844ba8d8134d14410018e23d2ce7da3df5765440"},
           Case{{100, 3, 1},
                1,
                1,
                "76be8b528d0075f7aae98d6fa57a6d3c83ae480a8469e668d7b0af968995ac71"},
           Case{{7, 1, 3},
                3,
                400,
                "29b0d9fb0f55d333c2c7915d1cd1a2944dab364dede520fa35cae54836ce2d32"},
       }) {
    const ImageBatch resized = resize_bilinear(pattern(c.from)[0], c.height, c.width);
    EXPECT_EQ(resized.shape(), (ImageShape{c.height, c.width, c.from.channels}));
    EXPECT_EQ(hash_of(resized), c.sha256)
        << c.from.height << "x" << c.from.width << " to " << c.height;
  }
}

TEST(Resize, TheSameSizeIsACopy) {
  const ImageBatch image = pattern({9, 7, 3});
  EXPECT_EQ(hash_of(resize_bilinear(image[0], 9, 7)), hash_of(image));
}

TEST(Resize, RefusesEmptyImages) {
  const ImageBatch image = pattern({2, 2, 1});
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { resize_bilinear(image[0], 0, 2); }),
              HasSubstr("an image of 2x0 pixels: expected at least 1x1"));
  const ImageBatch empty(1, {0, 2, 1});
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { resize_bilinear(empty[0], 2, 2); }),
              HasSubstr("2x0 pixels"));
}

TEST(Crop, RoundsTheCornerDown) {
  const ImageBatch image = pattern({3, 4, 1});  // rows: 17 x, then 31 + 18 x, then 62 + 19 x
  EXPECT_THAT(crop_centre(image[0], 2, 1).bytes(), ElementsAre(17, 49));
  EXPECT_THAT(crop_centre(image[0], 1, 3).bytes(), ElementsAre(31, 49, 67));
  EXPECT_THAT(crop_centre(pattern({1, 3, 3})[0], 1, 1).bytes(), ElementsAre(17, 70, 123));
}

TEST(Crop, RefusesAnImageThatIsTooSmall) {
  EXPECT_THAT(error_message(ErrorKind::kData,
                            [] {
                              crop_centre(pattern({3, 4, 1})[0], 3, 5);
                            }),
              HasSubstr("cannot cut 5x3 pixels out of an image of 4x3"));
}

TEST(Channels, GreyAndBackAsPillow) {
  const ImageBatch grey = convert_channels(pattern({7, 9, 3})[0], 1);
  EXPECT_EQ(hash_of(grey), "8f72774ea9d5a2129c2e153fd0ff7981aa04bb8528dde30e09ccac9b26a1e73d");
  ImageBatch ramp(1, {1, 256, 1});
  std::iota(ramp.bytes().begin(), ramp.bytes().end(), std::uint8_t{0});
  const ImageBatch colour = convert_channels(ramp[0], 3);
  EXPECT_EQ(colour.shape(), (ImageShape{1, 256, 3}));
  EXPECT_EQ(hash_of(convert_channels(colour[0], 1)), hash_of(ramp));
  EXPECT_THAT(error_message(ErrorKind::kData, [&] { convert_channels(ramp[0], 4); }),
              HasSubstr("1 channels into one of 4"));
}

TEST(PhotoRule, HasTheNamesOnTheCards) {
  for (const char* name : {"centre_crop", "whole_photo_resized", "shorter_side_256"}) {
    EXPECT_EQ(PhotoRule::named(name).name(), name);
  }
  for (const char* name :
       {"shorter_side_", "shorter_side_0", "shorter_side_9x", "shorter_side_-3"}) {
    EXPECT_THAT(error_message(ErrorKind::kUsage, [&] { PhotoRule::named(name); }),
                HasSubstr("there is no rule"))
        << name;
  }
  EXPECT_THAT(error_message(ErrorKind::kUsage, [] { PhotoRule::named("center_crop"); }),
              HasSubstr("did you mean \"centre_crop\"?"));
}

TEST(PhotoRule, FitsThePhotoToTheNetwork) {
  const ImageBatch photo = pattern({9, 9, 3});
  EXPECT_EQ(hash_of(PhotoRule::centre_crop().apply(photo[0], {4, 5, 3})),
            hash_of(crop_centre(photo[0], 4, 5)));
  const ImageBatch grey = PhotoRule::whole_photo_resized().apply(photo[0], {4, 5, 1});
  EXPECT_EQ(hash_of(grey), hash_of(convert_channels(resize_bilinear(photo[0], 4, 5)[0], 1)));
}

// By torchvision 0.14: CenterCrop(size)(Resize(shorter)(PIL image)).
TEST(PhotoRule, ShorterSideAsTorchvision) {
  struct Case {
    ImageShape photo;
    int shorter;
    int size;
    const char* sha256;
  };
  for (const Case& c :
       std::vector<Case>{{{37, 54, 3},
                          24,
                          17,
                          "3759536985ebe8b85c7dbe1b273ac517e371ebdca1ee0e787eec9256716db728"},
                         {{54, 37, 3},
                          24,
                          17,
                          "e0cb78c64b64ecbfd0208d326c6b026d2414ce51ebb2815079fdbfa6c8b41877"},
                         {{41, 30, 3},
                          33,
                          30,
                          "5559a595cd91777a607903b967803987d6c2c657c082116b5c56cc49cd1c942d"},
                         {{37, 54, 3},
                          37,
                          20,
                          "585d9f5f0885ff4a277a9941a87ec01dd0ae8c2a28f7373290243aa12a71c1e3"}}) {
    const ImageBatch image = pattern(c.photo);
    EXPECT_EQ(hash_of(PhotoRule::shorter_side(c.shorter).apply(image[0], {c.size, c.size, 3})),
              c.sha256)
        << c.photo.height << " to " << c.shorter;
  }
  const ImageBatch small = pattern({30, 40, 3});
  EXPECT_THAT(error_message(ErrorKind::kData,
                            [&] {
                              PhotoRule::shorter_side(20).apply(small[0], {24, 24, 3});
                            }),
              HasSubstr("cannot cut 24x24 pixels out of an image of 26x20"));
}

}  // namespace
}  // namespace fool
