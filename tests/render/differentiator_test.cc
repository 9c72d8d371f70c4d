#include "fool/render/differentiator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/expect_error.h"
#include "fakes/smooth.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

TEST(Differentiator, SeesNothingOutsideItsFrame) {
  const fakes::SmoothEncoding encoding({3, 4, 1});
  const std::vector<GenomePtr> genomes = {std::make_shared<fakes::NumberGenome>(7),
                                          std::make_shared<fakes::NumberGenome>(8)};
  std::vector<float> a(1), b(1);
  const std::vector<Span<float>> gradients{a, b};
  const std::vector<float> by_pixel = {5, 6, 7, 8, 9, 10, 11, 12};  // two windows of 2 x 2
  const auto corner = make_differentiator("reference", encoding, {encoding.shape(), 0, 0, 2, 2});
  corner->pull_back(genomes, by_pixel, gradients);
  EXPECT_EQ(a[0], 5.0F);
  EXPECT_EQ(b[0], 9.0F);
  const auto elsewhere = make_differentiator("auto", encoding, {encoding.shape(), 1, 2, 2, 2});
  elsewhere->pull_back(genomes, by_pixel, gradients);
  EXPECT_EQ(a[0], 0.0F);
  EXPECT_EQ(b[0], 0.0F);
}

TEST(Differentiator, RefusesWhatCannotBe) {
  const fakes::CountingEncoding counting({3, 4, 1});
  EXPECT_TRUE(differentiator_names(counting).empty());
  EXPECT_THAT(
      error_message(ErrorKind::kConfig,
                    [&] { make_differentiator("auto", counting, Frame::whole(counting.shape())); }),
      HasSubstr("the counting encoding has no gradient"));
  const fakes::SmoothEncoding smooth({3, 4, 1});
  EXPECT_THAT(
      error_message(ErrorKind::kConfig,
                    [&] { make_differentiator("refrence", smooth, Frame::whole(smooth.shape())); }),
      HasSubstr("did you mean \"reference\""));
  EXPECT_THAT(error_message(ErrorKind::kInternal,
                            [&] {
                              make_differentiator("auto", smooth, {smooth.shape(), 2, 0, 2, 4});
                            }),
              HasSubstr("are no part of an image"));
  const auto whole = make_differentiator("auto", smooth, Frame::whole(smooth.shape()));
  const std::vector<GenomePtr> genomes = {std::make_shared<fakes::NumberGenome>(7)};
  std::vector<float> gradient(1);
  const std::vector<Span<float>> gradients{gradient};
  EXPECT_THAT(error_message(ErrorKind::kInternal,
                            [&] { whole->pull_back(genomes, std::vector<float>(11), gradients); }),
              HasSubstr("need 12 numbers by pixel"));
}

}  // namespace
}  // namespace fool
