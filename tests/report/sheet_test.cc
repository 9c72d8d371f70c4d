#include "report/sheet.h"

#include <gtest/gtest.h>

#include <array>

#include "report/support.h"

namespace fool {
namespace {

using Rgb = std::array<int, 3>;

Rgb pixel(const ImageBatch& image, int x, int y) {
  const std::uint8_t* p =
      image[0].data + (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.shape().width) +
                       static_cast<std::size_t>(x)) *
                          3;
  return {p[0], p[1], p[2]};
}

int count(const ImageBatch& image, Rgb colour) {
  int result = 0;
  for (int y = 0; y < image.shape().height; ++y) {
    for (int x = 0; x < image.shape().width; ++x) result += pixel(image, x, y) == colour ? 1 : 0;
  }
  return result;
}

std::vector<SheetCell> cells(int number) {
  return std::vector<SheetCell>(static_cast<std::size_t>(number), SheetCell{"name", 0.5F, true});
}

ImageBatch plain(ImageShape shape, Rgb colour) {
  ImageBatch image(1, shape);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    image.bytes()[i] =
        static_cast<std::uint8_t>(colour[i % static_cast<std::size_t>(shape.channels)]);
  }
  return image;
}

TEST(Sheet, SmallImagesAreEnlargedByAWholeFactor) {
  ContactSheet sheet(cells(10), {28, 28, 1}, "");
  EXPECT_EQ(sheet.columns(), 5);
  sheet.draw(7, plain({28, 28, 1}, {77})[0]);
  EXPECT_EQ(count(sheet.image(), {77, 77, 77}), 140 * 140);
}

TEST(Sheet, EveryPixelOfASmallImageIsASquare) {
  ContactSheet sheet(cells(1), {2, 2, 3}, "");
  ImageBatch image(1, {2, 2, 3});
  const std::vector<std::uint8_t> colours{250, 1, 2, 3, 251, 4, 5, 6, 252, 9, 8, 7};
  std::copy(colours.begin(), colours.end(), image.bytes().begin());
  sheet.draw(0, image[0]);
  for (const Rgb colour : {Rgb{250, 1, 2}, {3, 251, 4}, {5, 6, 252}, {9, 8, 7}}) {
    EXPECT_EQ(count(sheet.image(), colour), 70 * 70);
  }
}

TEST(Sheet, LargeImagesAreAveraged) {
  ContactSheet sheet(cells(1), {280, 280, 3}, "");
  ImageBatch image(1, {280, 280, 3});
  for (std::size_t i = 0; i < image.bytes().size(); ++i) {
    image.bytes()[i] =
        static_cast<std::uint8_t>(i / 3 % 2 == 0 ? 100 : 120);  // columns of two greys
  }
  sheet.draw(0, image[0]);
  EXPECT_EQ(count(sheet.image(), {110, 110, 110}), 140 * 140);
}

TEST(Sheet, ManyClassesGetThumbnails) {
  ContactSheet sheet(cells(1000), {227, 227, 3}, "title");
  EXPECT_EQ(sheet.columns(), 40);
  EXPECT_LT(sheet.image().shape().width, 5000);
  sheet.draw(999, plain({227, 227, 3}, {1, 2, 3})[0]);
  EXPECT_EQ(count(sheet.image(), {1, 2, 3}), 96 * 96);
}

TEST(Sheet, CaptionsShowLabelAndConfidence) {
  const auto drawn = [](const SheetCell& cell) {
    const ContactSheet sheet({cell}, {28, 28, 1}, "");
    return std::vector<int>(sheet.image().bytes().begin(), sheet.image().bytes().end());
  };
  const auto base = drawn({"agama", 0.25F, true});
  EXPECT_EQ(base, drawn({"agama", 0.25F, true}));
  EXPECT_NE(base, drawn({"cock", 0.25F, true}));
  EXPECT_NE(base, drawn({"agama", 0.75F, true}));
  EXPECT_NE(base, drawn({"agama", 0.25F, false}));
}

TEST(Sheet, TheBarIsAsLongAsTheConfidence) {
  const Rgb bar{44, 123, 182};
  for (const float confidence : {0.0F, 0.25F, 1.0F}) {
    const ContactSheet sheet({{"", confidence, true}}, {28, 28, 1}, "");
    EXPECT_EQ(count(sheet.image(), bar), static_cast<int>(140 * confidence) * 2);
  }
}

TEST(Sheet, AnyShapeLabelAndTitleFits) {
  for (const ImageShape shape : {ImageShape{1, 300, 3}, {300, 1, 3}, {1, 1, 1}, {500, 20, 1}}) {
    for (const int number : {1, 3, 64, 65}) {
      ContactSheet sheet(std::vector<SheetCell>(static_cast<std::size_t>(number),
                                                {std::string(200, 'W') + "\xC3\xBC\n", 1.0F, true}),
                         shape, std::string(500, 'T'));
      sheet.draw(number - 1, plain(shape, {1, 2, 3})[0]);
    }
  }
}

TEST(Sheet, NothingToShowIsADefect) {
  expect_error(ErrorKind::kInternal, "there is nothing to show", [] {
    ContactSheet({}, {1, 1, 1}, "");
  });
}

TEST(Sheet, AnImageOfNoSizeIsADefect) {
  ContactSheet sheet(cells(1), {28, 28, 1}, "");
  expect_error(ErrorKind::kInternal, "contact sheet: ", [&] {
    sheet.draw(0, {{0, 0, 1}, nullptr});
  });
}

}  // namespace
}  // namespace fool
