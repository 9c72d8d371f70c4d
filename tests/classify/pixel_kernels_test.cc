#include "classify/pixel_kernels.h"

#include <gtest/gtest.h>

#include <vector>

#include "fool/core/rng.h"

namespace fool {

extern const PixelKernel kBaselinePixelKernel;

namespace {

PixelRule rule(bool swaps) {
  PixelRule rule;
  rule.swaps_red_and_blue = swaps;
  rule.scale = 1.0F / 255.0F;
  for (std::size_t i = 0; i < PixelRule::kPeriod; ++i) {
    rule.mean[i] = 0.4F + 0.01F * static_cast<float>(i % 3);
    rule.std[i] = 0.2F + 0.03F * static_cast<float>(i % 3);
  }
  return rule;
}

// Every instruction set gives what the formula gives, and writes nothing behind the end.
TEST(PixelKernels, GiveTheFormulasBits) {
  RngStream rng(1, "test.pixels", 0, 0);
  for (const bool swaps : {false, true}) {
    PixelRule r = rule(swaps);
    for (const bool with_inverses : {false, true}) {
      if (with_inverses) {
        find_inverses(r);
        EXPECT_NE(r.inverse[0], 0.0F);
      }
      for (const std::size_t n : {3U, 48U, 51U, 300U}) {
        std::vector<std::uint8_t> in(n);
        for (std::uint8_t& pixel : in) pixel = static_cast<std::uint8_t>(rng.next_u32());
        for (const PixelKernel kernel : {kBaselinePixelKernel, pixel_kernel()}) {
          std::vector<float> out(n + 1, -7.0F);
          kernel(r, in.data(), out.data(), n);
          for (std::size_t i = 0; i < n; ++i) {
            const std::uint8_t p = in[swaps ? i - i % 3 + 2 - i % 3 : i];
            EXPECT_EQ(out[i], (static_cast<float>(p) * r.scale - r.mean[i % 3]) / r.std[i % 3]);
          }
          EXPECT_EQ(out[n], -7.0F);
        }
      }
    }
  }
}

TEST(PixelKernels, DivideWhereAnInverseWouldChangeBits) {
  PixelRule r = rule(false);
  r.scale = 1.0F;
  for (float& mean : r.mean) mean = 0.0F;
  for (float& deviation : r.std) deviation = 1e-38F;  // whose quotients are infinite
  find_inverses(r);
  EXPECT_EQ(r.inverse[0], 0.0F);
}

}  // namespace
}  // namespace fool
