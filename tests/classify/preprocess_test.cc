#include "classify/preprocess.h"

#include <gmock/gmock.h>

namespace fool {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

// Two images of 1x2 pixels.
ImageBatch colour_images() {
  ImageBatch images(2, {1, 2, 3});
  const std::uint8_t pixels[] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 255};
  std::copy(std::begin(pixels), std::end(pixels), images.bytes().begin());
  return images;
}

InputSpec colour_input(ChannelOrder order) {
  InputSpec input;
  input.height = 1;
  input.width = 2;
  input.channels = order;
  input.mean = {1.0F, 2.0F, 3.0F};
  input.std = {1.0F, 2.0F, 4.0F};
  return input;
}

std::vector<float> forward(const InputSpec& input, const ImageBatch& images) {
  std::vector<float> out(images.bytes().size());
  Preprocessor(input).forward(images.bytes(), out);
  return out;
}

TEST(Preprocess, ChannelsInTheNetworksOrder) {
  EXPECT_THAT(forward(colour_input(ChannelOrder::kRgb), colour_images()),
              ElementsAre(9, 9, 6.75, 39, 24, 14.25,  //
                          69, 39, 21.75, 99, 54, 63));
  EXPECT_THAT(forward(colour_input(ChannelOrder::kBgr), colour_images()),
              ElementsAre(29, 9, 1.75, 59, 24, 9.25,  //
                          89, 39, 16.75, 254, 54, 24.25));
}

TEST(Preprocess, Grey) {
  InputSpec input;
  input.height = 2;
  input.width = 1;
  input.channels = ChannelOrder::kGray;
  input.scale = 1.0F / 255.0F;
  input.mean = {0.5F};
  input.std = {0.25F};
  ImageBatch image(1, {2, 1, 1});
  image.bytes()[0] = 255;
  EXPECT_THAT(forward(input, image), ElementsAre(FloatEq(2.0F), FloatEq(-2.0F)));
}

TEST(Preprocess, BackwardIsTheTransposeOfForward) {
  InputSpec input = colour_input(ChannelOrder::kBgr);
  input.scale = 0.5F;
  const std::vector<float> before = forward(input, colour_images());
  for (std::size_t pixel = 0; pixel < 12; ++pixel) {
    ImageBatch changed = colour_images();
    --changed.bytes()[pixel];
    const std::vector<float> after = forward(input, changed);
    for (std::size_t i = 0; i < 12; ++i) {
      std::vector<float> unit(12, 0.0F);
      unit[i] = 1.0F;
      std::vector<float> gradient(12);
      Preprocessor(input).backward(unit, gradient);
      EXPECT_FLOAT_EQ(gradient[pixel], before[i] - after[i]);
    }
  }
}

}  // namespace
}  // namespace fool
