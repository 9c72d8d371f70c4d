#include "ascend/spectrum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fool/core/rng.h"

namespace fool {
namespace {

std::vector<float> noise(std::size_t size, std::uint32_t index) {
  RngStream rng(1, "test.spectrum", 0, index);
  std::vector<float> values(size);
  for (float& value : values) value = static_cast<float>(rng.normal());
  return values;
}

double product(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return sum;
}

struct Size {
  int height, width;
};
// Odd, even, primes (which the transform pads), and one row or column.
constexpr Size kSizes[] = {{28, 28}, {9, 15}, {8, 6}, {7, 11}, {1, 5}, {6, 1}, {1, 1}};

TEST(Spectrum, PlanesComeBack) {
  for (const auto& [height, width] : kSizes) {
    for (const double power : {0.0, 1.0, 2.0}) {
      const Spectrum spectrum(height, width, power);
      const std::vector<float> plane = noise(static_cast<std::size_t>(height * width), 0);
      std::vector<float> amplitudes(spectrum.size());
      std::vector<float> again(plane.size());
      spectrum.analyse(plane, amplitudes);
      spectrum.to_plane(amplitudes, again);
      for (std::size_t i = 0; i < plane.size(); ++i) {
        EXPECT_NEAR(again[i], plane[i], 1e-4) << height << "x" << width;
      }
    }
  }
}

// Linear, so the gradient is right for all if the products with two vectors agree.
TEST(Spectrum, TheGradientIsTheAdjoint) {
  for (const auto& [height, width] : kSizes) {
    for (const double power : {0.0, 1.0}) {
      const Spectrum spectrum(height, width, power);
      const std::vector<float> amplitudes = noise(spectrum.size(), 1);
      const std::vector<float> by_plane = noise(static_cast<std::size_t>(height * width), 2);
      std::vector<float> plane(by_plane.size());
      std::vector<float> by_amplitudes(amplitudes.size());
      spectrum.to_plane(amplitudes, plane);
      spectrum.pull_back(by_plane, by_amplitudes);
      const double expected = product(plane, by_plane);
      EXPECT_NEAR(product(amplitudes, by_amplitudes), expected, 1e-4 * (1 + std::abs(expected)))
          << height << "x" << width;
    }
  }
}

TEST(Spectrum, AnAmplitudeIsAWave) {
  const Spectrum spectrum(1, 8, 1);
  ASSERT_EQ(spectrum.size(), 8U);
  std::vector<float> amplitudes(8, 0.0F);
  std::vector<float> plane(8);
  amplitudes[3] = 1;  // the cosine of two cycles
  spectrum.to_plane(amplitudes, plane);
  // Twice, for the conjugate, over the root of 8; weighted with 1 / (4 f), f = 2/8.
  for (int x = 0; x < 8; ++x) {
    EXPECT_NEAR(plane[static_cast<std::size_t>(x)],
                2 / std::sqrt(8.0) * std::cos(2 * 3.14159265358979 * 2 * x / 8), 1e-6);
  }
}

// Every place of the packed spectrum has the frequency that its wave has: the higher, the smaller.
TEST(Spectrum, HighFrequenciesAreSmall) {
  const Spectrum flat(8, 6, 0);
  const Spectrum steep(8, 6, 1);
  for (std::size_t i = 0; i < flat.size(); ++i) {
    std::vector<float> amplitudes(flat.size(), 0.0F);
    amplitudes[i] = 1;
    std::vector<float> wave(48);
    std::vector<float> weighted(48);
    flat.to_plane(amplitudes, wave);
    steep.to_plane(amplitudes, weighted);
    // The Laplacian of a wave on a torus is the wave times a number that tells its frequency.
    const auto at = [&](int y, int x) {
      return static_cast<double>(wave[static_cast<std::size_t>((y + 8) % 8 * 6 + (x + 6) % 6)]);
    };
    double energy = 0;
    double down = 0;
    double across = 0;
    for (int y = 0; y < 8; ++y) {
      for (int x = 0; x < 6; ++x) {
        energy += at(y, x) * at(y, x);
        down += at(y, x) * (at(y, x) - 0.5 * (at(y - 1, x) + at(y + 1, x)));
        across += at(y, x) * (at(y, x) - 0.5 * (at(y, x - 1) + at(y, x + 1)));
      }
    }
    const double turn = 2 * 3.14159265358979;
    const double f_down = std::acos(std::clamp(1 - down / energy, -1.0, 1.0)) / turn;
    const double f_across = std::acos(std::clamp(1 - across / energy, -1.0, 1.0)) / turn;
    const double f = std::max(1.0 / 8, std::sqrt(f_down * f_down + f_across * f_across));
    EXPECT_NEAR(std::sqrt(product(weighted, weighted) / product(wave, wave)), 1 / f, 1e-3) << i;
  }
}

}  // namespace
}  // namespace fool
