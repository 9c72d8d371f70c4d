#include "fool/core/repro_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "fool/core/rng.h"

namespace fool {
namespace {

// Floats spread over all magnitudes up to `limit`, both signs.
std::vector<float> floats_up_to(float limit) {
  std::vector<float> values{0.0F, -0.0F, limit, -limit};
  for (std::uint32_t bits = 0; bits < 0x7f800000U; bits += 4099) {
    const auto x = repro::detail::bit_cast<float>(bits);
    if (x > limit) break;
    values.push_back(x);
    values.push_back(-x);
  }
  return values;
}

double worst_sine_error(float limit) {
  double worst = 0;
  for (const float x : floats_up_to(limit)) {
    worst = std::max(worst, std::fabs(repro::sin(x) - std::sin(static_cast<double>(x))));
  }
  return worst;
}

TEST(ReproMathFloat, SineIsAsAccurateAsStated) {
  EXPECT_LT(worst_sine_error(8192), 2e-7);
  EXPECT_LT(worst_sine_error(2e5F), 2e-6);
  EXPECT_LT(worst_sine_error(1e6F), 0.04);
}

TEST(ReproMathFloat, SineNeverLeavesItsRange) {
  for (const float x : floats_up_to(std::numeric_limits<float>::max())) {
    EXPECT_LE(std::fabs(repro::sin(x)), 1.0F) << x;
  }
  // Around the crests rounding could pass 1.
  for (int k = -2000; k < 2000; ++k) {
    auto x = static_cast<float>((k + 0.5) * 3.14159265358979323846);
    for (int i = 0; i < 20; ++i) {
      EXPECT_LE(std::fabs(repro::sin(x)), 1.0F) << x;
      x = std::nextafter(x, 1e9F);
    }
  }
}

TEST(ReproMathFloat, SineIsOddToTheLastBit) {
  for (const float x : floats_up_to(1e6F)) ASSERT_EQ(repro::sin(-x), -repro::sin(x)) << x;
}

TEST(ReproMathFloat, ExpIsAsAccurateAsStated) {
  for (const float x : floats_up_to(87.3F)) {
    const double expected = std::exp(static_cast<double>(x));
    int exponent = 0;
    std::frexp(expected, &exponent);
    const double unit = std::ldexp(1.0, exponent - 24);
    ASSERT_LT(std::fabs(repro::exp(x) - expected), 2 * unit) << x;
  }
}

TEST(ReproMathFloat, ExpIsClampedAtBothEnds) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(repro::exp(-infinity), repro::exp(-87.3F));
  EXPECT_GE(repro::exp(-infinity), std::numeric_limits<float>::min());
  EXPECT_EQ(repro::exp(infinity), repro::exp(88.3F));
  EXPECT_TRUE(std::isfinite(repro::exp(infinity)));
}

TEST(ReproMathFloat, CosineIsAsAccurateAsStated) {
  for (const float x : floats_up_to(2e5F)) {
    const float size = std::fabs(x) + 1.6F;
    const double half_step = 0.5 * static_cast<double>(std::nextafter(size, 1e9F) - size);
    ASSERT_NEAR(repro::cos_within(x), std::cos(static_cast<double>(x)),
                (size <= 8192 ? 3e-7 : 2e-6) + half_step)
        << x;
    ASSERT_LE(std::fabs(repro::cos_within(x)), 1.0F) << x;
  }
}

TEST(ReproMathFloat, ArcTangentIsAsAccurateAsStated) {
  for (const float x : floats_up_to(std::numeric_limits<float>::max())) {
    ASSERT_NEAR(repro::atan(x), std::atan(static_cast<double>(x)), 3e-7) << x;
    ASSERT_EQ(repro::atan(-x), -repro::atan(x)) << x;
  }
  for (float x = 0.5F; x < 2.0F; x = std::nextafter(x, 3.0F) + 1e-5F) {
    ASSERT_NEAR(repro::atan(x), std::atan(static_cast<double>(x)), 3e-7) << x;
  }
}

// Called through a pointer that the compiler cannot see through, one value at a time.
float scalar_sine(float x) { return repro::sin(x); }
float scalar_exp(float x) { return repro::exp(x); }

TEST(ReproMathFloat, AVectorisedLoopGivesTheSameBits) {
  float (*volatile sine)(float) = scalar_sine;
  float (*volatile exponential)(float) = scalar_exp;
  const std::vector<float> in = floats_up_to(2e6F);
  std::vector<float> sines(in.size());
  std::vector<float> exponentials(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) sines[i] = repro::sin(in[i]);
  for (std::size_t i = 0; i < in.size(); ++i) exponentials[i] = repro::exp(in[i]);
  for (std::size_t i = 0; i < in.size(); ++i) {
    ASSERT_EQ(repro::detail::bit_cast<std::uint32_t>(sines[i]),
              repro::detail::bit_cast<std::uint32_t>(sine(in[i])))
        << in[i];
    ASSERT_EQ(repro::detail::bit_cast<std::uint32_t>(exponentials[i]),
              repro::detail::bit_cast<std::uint32_t>(exponential(in[i])))
        << in[i];
  }
}

// The bits are the same everywhere, so they can be written down.
TEST(ReproMathFloat, BitsAreFixed) {
  std::uint32_t hash = 2166136261U;
  for (const float x : floats_up_to(1e6F)) {
    for (const float y : {repro::sin(x), repro::exp(x)}) {
      hash = (hash ^ repro::detail::bit_cast<std::uint32_t>(y)) * 16777619U;
    }
  }
  EXPECT_EQ(hash, 715906371U);
}

TEST(ReproMathDouble, ExpAndLogAreAsAccurateAsStated) {
  RngStream rng(1, "test.repro_math", 0, 0);
  for (int i = 0; i < 200000; ++i) {
    const double u = rng.uniform();
    const double exponent = (u - 0.5) * 1400;
    const double expected_exp = std::exp(exponent);
    ASSERT_NEAR(repro::exp(exponent), expected_exp, 1e-14 * expected_exp) << exponent;
    const double near_one = 1 + (u - 0.5) * std::pow(0.5, i % 40);
    for (const double x : {expected_exp, near_one}) {
      const double expected_log = std::log(x);
      ASSERT_NEAR(repro::log(x), expected_log, 1e-14 * std::fabs(expected_log)) << x;
    }
  }
  const double smallest = std::numeric_limits<double>::denorm_min();
  EXPECT_DOUBLE_EQ(repro::log(smallest), std::log(smallest));
}

TEST(ReproMathDouble, ExpAtTheEnds) {
  EXPECT_EQ(repro::exp(0.0), 1.0);
  EXPECT_EQ(repro::exp(-746.0), 0.0);
  EXPECT_GT(repro::exp(-744.0), 0.0);
  EXPECT_TRUE(std::isfinite(repro::exp(709.7)));
  EXPECT_TRUE(std::isinf(repro::exp(710.0)));
}

TEST(ReproMathDouble, PowIsAsAccurateAsItsParts) {
  RngStream rng(2, "test.repro_math", 0, 0);
  for (int i = 0; i < 100000; ++i) {
    const double x = rng.uniform() + 1e-9;
    const double y = rng.uniform() * 12;
    const double expected = std::pow(x, y);
    ASSERT_NEAR(repro::pow(x, y), expected, 1e-12 * expected) << x << " ^ " << y;
  }
  EXPECT_EQ(repro::pow(0.0, 0.5), 0.0);
  EXPECT_EQ(repro::pow(1.0, 7.0), 1.0);
}

TEST(ReproMathDouble, SineAndCosineAreAsAccurateAsStated) {
  RngStream rng(3, "test.repro_math", 0, 0);
  for (int i = 0; i < 200000; ++i) {
    const double u = rng.uniform() * 2 - 1;
    for (const double x : {u * 10, u * 1e6}) {
      ASSERT_NEAR(repro::sin(x), std::sin(x), 1e-14) << x;
      ASSERT_NEAR(repro::cos(x), std::cos(x), 1e-14) << x;
    }
  }
}

}  // namespace
}  // namespace fool
