#include "render/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "fool/core/rng.h"

namespace fool {
namespace {

// Rows of floats of all magnitudes that occur, zeros included.
std::vector<std::vector<float>> random_rows(int rows, int n) {
  RngStream rng(1, "test.kernels", 0, static_cast<std::uint32_t>(n));
  std::vector<std::vector<float>> result(static_cast<std::size_t>(rows));
  for (auto& row : result) {
    for (int i = 0; i < n; ++i) {
      const double scale = rng.bernoulli(0.1) ? 255 : rng.bernoulli(0.1) ? 1e-20 : 1;
      row.push_back(rng.bernoulli(0.05) ? 0.0F
                                        : static_cast<float>(scale * (2 * rng.uniform() - 1)));
    }
  }
  return result;
}

TEST(Kernels, TheBaselineIsAlwaysThereAndLast) {
  const auto kernels = available_kernels();
  ASSERT_FALSE(kernels.empty());
  EXPECT_EQ(kernels.back()->target, "baseline");
  for (const Kernels* k : kernels) RecordProperty(std::string(k->target), "ran");
}

#if defined(__x86_64__)
TEST(Kernels, AreChosenByWhatTheProcessorHas) {
  std::vector<std::string> targets;
  for (const Kernels* k : available_kernels()) targets.emplace_back(k->target);
  const auto has = [&](const char* name) {
    return std::find(targets.begin(), targets.end(), name) != targets.end();
  };
  EXPECT_EQ(has("avx2"), __builtin_cpu_supports("avx2") != 0);
  if (has("avx512")) {
    EXPECT_EQ(targets.front(), "avx512");
  }
}
#endif

// Every target, activation and number of edges against plain scalar code.
TEST(Kernels, NodesEqualTheScalarFormula) {
  for (const int n : {Kernels::kLanes, 7 * Kernels::kLanes, 512}) {
    const auto rows = random_rows(11, n);
    std::vector<const float*> sources;
    std::vector<float> weights;
    for (std::size_t e = 0; e < rows.size(); ++e) {
      sources.push_back(rows[e].data());
      weights.push_back(
          static_cast<float>(e % 2 == 0 ? 10.0 - 1.7 * static_cast<double>(e) : -0.3));
    }
    std::vector<float> out(static_cast<std::size_t>(n));
    for (const Kernels* kernels : available_kernels()) {
      for (const Activation activation : all_activations()) {
        for (std::size_t edges = 0; edges <= rows.size(); ++edges) {
          for (const SumSize size : {SumSize::kAny, SumSize::kSmall}) {
            kernels->node(activation, size, sources.data(), weights.data(), static_cast<int>(edges),
                          out.data(), n);
            for (std::size_t p = 0; p < out.size(); ++p) {
              float sum = 0.0F;
              for (std::size_t e = 0; e < edges; ++e) {
                const float product = weights[e] * rows[e][p];
                sum = e == 0 ? product : sum + product;
              }
              const bool is_small = std::fabs(sum) <= small_sum(activation);
              if (size == SumSize::kSmall && !is_small) continue;
              ASSERT_EQ(out[p], activate(activation, sum))
                  << kernels->target << " " << activation_name(activation) << " " << edges
                  << " edges, pixel " << p;
            }
          }
        }
      }
    }
  }
}

TEST(Kernels, LevelsEqualTheScalarFormula) {
  std::vector<float> values{0.0F, -0.0F, 1.0F, -1.0F};
  RngStream rng(1, "test.levels", 0, 0);
  while (values.size() < 1013) values.push_back(static_cast<float>(2 * rng.uniform() - 1));
  for (const Kernels* kernels : available_kernels()) {
    for (std::size_t n = 0; n < values.size(); n += n < 70 ? 1 : 59) {
      std::vector<std::uint8_t> out(n + 1, 77);
      kernels->levels(values.data(), out.data(), static_cast<int>(n));
      for (std::size_t p = 0; p < n; ++p)
        ASSERT_EQ(out[p], level(values[p])) << kernels->target << values[p];
      ASSERT_EQ(out[n], 77) << "written past the end";
    }
  }
}

// All colours of a coarse grid, as bytes and as numbers, in lengths that are no multiple of
// anything.
TEST(Kernels, ColoursEqualTheScalarFormula) {
  std::vector<float> numbers[3];
  std::vector<std::uint8_t> packed;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; b += 15) {
      for (int c = 0; c < 256; c += 17) {
        std::size_t i = 0;
        for (const int byte : {a, b, c}) {
          const float number = (static_cast<float>(byte) + 0.25F) / 255.0F;
          numbers[i++].push_back(packed.size() % 2 == 0 ? number : -number);
          packed.push_back(static_cast<std::uint8_t>(byte));
        }
      }
    }
  }
  const std::size_t all = numbers[0].size();
  for (auto& row : numbers) row.resize(all + Kernels::kLanes);
  for (const Kernels* kernels : available_kernels()) {
    for (const ColorSpace space : {ColorSpace::kRgb, ColorSpace::kHsv, ColorSpace::kHls}) {
      for (const int hue_scale : {180, 255}) {
        const ColorRule rule{space, hue_scale};
        for (const std::size_t n : {std::size_t{1}, std::size_t{5}, std::size_t{16},
                                    std::size_t{255}, std::size_t{257}, all}) {
          std::vector<std::uint8_t> out(3 * n + 1, 77);
          std::vector<std::uint8_t> from_packed(3 * n + 1, 77);
          const int count = static_cast<int>(n);
          kernels->colors(rule, numbers[0].data(), numbers[1].data(), numbers[2].data(), out.data(),
                          count);
          // Of its own size, so that a sanitizer sees what is read past the end.
          const std::vector<std::uint8_t> in(packed.begin(),
                                             packed.begin() + static_cast<std::ptrdiff_t>(3 * n));
          kernels->packed_colors(rule, in.data(), from_packed.data(), count);
          for (std::size_t p = 0; p < n; ++p) {
            const Rgb rgb = to_rgb(rule, in[3 * p], in[3 * p + 1], in[3 * p + 2]);
            ASSERT_TRUE(out[3 * p] == rgb.r && out[3 * p + 1] == rgb.g && out[3 * p + 2] == rgb.b)
                << kernels->target << " pixel " << p;
          }
          ASSERT_EQ(out.back(), 77) << "written past the end";
          ASSERT_EQ(from_packed, out);
        }
      }
    }
  }
}

}  // namespace
}  // namespace fool
