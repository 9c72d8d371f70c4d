#include "render/layer_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "encoding/activation_slope.h"
#include "encoding/color_gradient.h"
#include "encoding/composite.h"
#include "fool/core/rng.h"

namespace fool {
namespace {

constexpr std::size_t kLanes = Kernels::kLanes;
const std::vector<int> kLengths = {Kernels::kLanes, 3 * Kernels::kLanes, 7 * Kernels::kLanes, 256};

std::vector<float> random_floats(std::size_t count, std::uint32_t purpose, double scale = 1) {
  RngStream rng(1, "test.layer_kernels", purpose, 0);
  std::vector<float> result;
  for (std::size_t i = 0; i < count; ++i) {
    result.push_back(static_cast<float>(scale * (2 * rng.uniform() - 1)));
  }
  return result;
}

std::vector<const LayerKernels*> all_targets() {
  std::vector<const LayerKernels*> result;
  for (const Kernels* kernels : available_kernels()) result.push_back(&layer_kernels(*kernels));
  return result;
}

TEST(LayerKernels, AreThoseOfTheKernelsTarget) {
  for (const Kernels* kernels : available_kernels()) {
    EXPECT_EQ(layer_kernels(*kernels).target, kernels->target);
  }
}

// A dense layer's numbers, for many shapes.
template <typename Check>
void for_layers(const Check& check) {
  for (const int n : kLengths) {
    for (const int inputs : {1, 2, 3, 4, 5, 8, 11, 32}) {
      for (const int units : {1, 2, 3, 4, 7, 32}) {
        const auto rows = static_cast<std::size_t>(n);
        const auto weights = random_floats(static_cast<std::size_t>((inputs + 1) * units), 0);
        const auto in = random_floats(static_cast<std::size_t>(inputs) * rows, 1);
        const auto gradient = random_floats(static_cast<std::size_t>(units) * rows, 2);
        check(static_cast<std::size_t>(inputs), static_cast<std::size_t>(units), rows, weights, in,
              gradient);
      }
    }
  }
}

TEST(LayerKernels, LayersEqualTheScalarFormula) {
  for_layers([](std::size_t inputs, std::size_t units, std::size_t n,
                const std::vector<float>& weights, const std::vector<float>& in,
                const std::vector<float>&) {
    for (const LayerKernels* kernels : all_targets()) {
      std::vector<float> out(units * n + 1, 77.0F);
      kernels->layer(weights.data(), static_cast<int>(inputs), static_cast<int>(units), in.data(),
                     out.data(), static_cast<int>(n));
      for (std::size_t u = 0; u < units; ++u) {
        const float* w = &weights[u * (inputs + 1)];
        for (std::size_t p = 0; p < n; ++p) {
          float sum = w[0] * in[p];
          for (std::size_t i = 1; i < inputs; ++i) {
            const float product = w[i] * in[i * n + p];
            sum = sum + product;
          }
          sum = sum + w[inputs];
          ASSERT_EQ(out[u * n + p], sum) << kernels->target << " " << inputs << " " << units;
        }
      }
      ASSERT_EQ(out.back(), 77.0F) << "written past the end";
    }
  });
}

TEST(LayerKernels, LayersBackwardsEqualTheScalarFormula) {
  for_layers([](std::size_t inputs, std::size_t units, std::size_t n,
                const std::vector<float>& weights, const std::vector<float>&,
                const std::vector<float>& gradient) {
    for (const LayerKernels* kernels : all_targets()) {
      std::vector<float> out(inputs * n + 1, 77.0F);
      kernels->layer_back(weights.data(), static_cast<int>(inputs), static_cast<int>(units),
                          gradient.data(), out.data(), static_cast<int>(n));
      for (std::size_t i = 0; i < inputs; ++i) {
        for (std::size_t p = 0; p < n; ++p) {
          float sum = weights[i] * gradient[p];
          for (std::size_t u = 1; u < units; ++u) {
            const float product = weights[u * (inputs + 1) + i] * gradient[u * n + p];
            sum = sum + product;
          }
          ASSERT_EQ(out[i * n + p], sum) << kernels->target << " " << inputs << " " << units;
        }
      }
      ASSERT_EQ(out.back(), 77.0F) << "written past the end";
    }
  });
}

TEST(LayerKernels, WeightsGradientsEqualTheScalarFormula) {
  for_layers([](std::size_t inputs, std::size_t units, std::size_t n, const std::vector<float>&,
                const std::vector<float>& in, const std::vector<float>& gradient) {
    const std::vector<float> before = random_floats(units * (inputs + 1) * kLanes + 1, 3);
    for (const LayerKernels* kernels : all_targets()) {
      std::vector<float> totals = before;
      kernels->layer_weights(in.data(), static_cast<int>(inputs), gradient.data(),
                             static_cast<int>(units), totals.data(), static_cast<int>(n));
      for (std::size_t u = 0; u < units; ++u) {
        for (std::size_t i = 0; i <= inputs; ++i) {
          for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const std::size_t at = (u * (inputs + 1) + i) * kLanes + lane;
            float sum = before[at];
            for (std::size_t p = lane; p < n; p += kLanes) {
              const float product = gradient[u * n + p] * (i < inputs ? in[i * n + p] : 1.0F);
              sum = sum + product;
            }
            ASSERT_EQ(totals[at], sum) << kernels->target << " " << inputs << " " << units;
          }
        }
      }
      ASSERT_EQ(totals.back(), before.back()) << "written past the end";
    }
  });
}

TEST(LayerKernels, NodesSumsAndTheirReverseEqualTheScalarFormula) {
  for (const int length : kLengths) {
    const auto n = static_cast<std::size_t>(length);
    for (std::size_t edges = 0; edges <= 11; ++edges) {
      const auto weights = random_floats(edges, 0, 10);
      const auto rows = random_floats(11 * n, 1);
      const auto gradient = random_floats(n, 2);
      std::vector<const float*> sources;
      for (std::size_t e = 0; e < edges; ++e) sources.push_back(&rows[e * n]);
      for (const LayerKernels* kernels : all_targets()) {
        std::vector<float> out(n);
        kernels->sum(sources.data(), weights.data(), static_cast<int>(edges), out.data(), length);
        // Some edges share a source, and so the place of its gradient: the fourth row on.
        std::vector<float> by_sources = random_floats(11 * n, 3);
        const std::vector<float> by_before = by_sources;
        std::vector<float> totals = random_floats(edges * kLanes, 4);
        const std::vector<float> totals_before = totals;
        std::vector<float*> places;
        const auto row_of = [](std::size_t e) { return e < 3 ? e : std::size_t{3}; };
        for (std::size_t e = 0; e < edges; ++e) places.push_back(&by_sources[row_of(e) * n]);
        kernels->sum_back(sources.data(), weights.data(), static_cast<int>(edges), gradient.data(),
                          places.data(), totals.data(), length);

        std::vector<float> by_expected = by_before;
        std::vector<float> totals_expected = totals_before;
        for (std::size_t p = 0; p < n; ++p) {
          float sum = 0.0F;
          for (std::size_t e = 0; e < edges; ++e) {
            const float product = weights[e] * rows[e * n + p];
            sum = e == 0 ? product : sum + product;
            const float back = weights[e] * gradient[p];
            by_expected[row_of(e) * n + p] += back;
            const float part = gradient[p] * rows[e * n + p];
            totals_expected[e * kLanes + p % kLanes] += part;
          }
          ASSERT_EQ(out[p], sum) << kernels->target << " " << edges;
        }
        ASSERT_EQ(by_sources, by_expected) << kernels->target << " " << edges;
        ASSERT_EQ(totals, totals_expected) << kernels->target << " " << edges;
      }
    }
  }
}

TEST(LayerKernels, ActivationsAndTheirSlopesEqualTheScalarFormula) {
  for (const double scale : {0.5, 5.0, 200.0, 3e6}) {
    for (const int length : kLengths) {
      const auto n = static_cast<std::size_t>(length);
      const auto sums = random_floats(n, 0, scale);
      const auto by_values = random_floats(n, 1);
      for (const LayerKernels* kernels : all_targets()) {
        for (const Activation activation : all_activations()) {
          for (const SumSize size : {SumSize::kAny, SumSize::kSmall}) {
            std::vector<float> values = sums;
            kernels->activate(activation, size, values.data(), values.data(), length);
            std::vector<float> by_sums = by_values;
            kernels->activate_back(activation, size, sums.data(), values.data(), by_sums.data(),
                                   length);
            for (std::size_t p = 0; p < n; ++p) {
              const bool is_small = std::fabs(sums[p]) < small_sum(activation);
              if (size == SumSize::kSmall && !is_small) continue;
              ASSERT_EQ(values[p], activate(activation, sums[p]))
                  << kernels->target << " " << activation_name(activation) << " of " << sums[p];
              ASSERT_EQ(by_sums[p], by_values[p] * activation_slope(activation, sums[p], values[p]))
                  << kernels->target << " " << activation_name(activation) << " of " << sums[p];
            }
          }
        }
      }
    }
  }
}

TEST(LayerKernels, CompositesEqualTheScalarFormula) {
  for (const double scale : {0.5, 5.0, 200.0, 3e6}) {
    for (const int length : kLengths) {
      const auto n = static_cast<std::size_t>(length);
      const auto sums = random_floats(n, 0, scale);
      const auto by_first = random_floats(n, 1);
      const auto by_second = random_floats(n, 2);
      for (const LayerKernels* kernels : all_targets()) {
        std::vector<float> first = sums;
        std::vector<float> second(n);
        kernels->composite(first.data(), first.data(), second.data(), length);
        std::vector<float> by_sums = by_first;
        kernels->composite_back(sums.data(), by_sums.data(), by_second.data(), by_sums.data(),
                                length);
        for (std::size_t p = 0; p < n; ++p) {
          const Composite<float> expected = composite(sums[p]);
          ASSERT_EQ(first[p], expected.first) << kernels->target << " of " << sums[p];
          ASSERT_EQ(second[p], expected.second) << kernels->target << " of " << sums[p];
          ASSERT_EQ(by_sums[p], composite_gradient(sums[p], by_first[p], by_second[p]))
              << kernels->target << " of " << sums[p];
        }
      }
    }
  }
}

TEST(LayerKernels, LevelsAndTheirReverseEqualTheScalarFormula) {
  for (const int length : kLengths) {
    const auto n = static_cast<std::size_t>(length);
    const auto values = random_floats(n, 0);
    const auto by_levels = random_floats(n, 1);
    for (const LayerKernels* kernels : all_targets()) {
      std::vector<float> scaled = values;
      kernels->scale(scaled.data(), 0.3F, -1.5F, scaled.data(), length);
      std::vector<float> levels(n);
      kernels->level_numbers(values.data(), levels.data(), length);
      std::vector<float> by_values = by_levels;
      kernels->level_numbers_back(values.data(), by_values.data(), length);
      for (std::size_t p = 0; p < n; ++p) {
        const float product = values[p] * 0.3F;
        ASSERT_EQ(scaled[p], product + -1.5F) << kernels->target;
        ASSERT_EQ(levels[p], std::fabs(values[p]) * 255.0F) << kernels->target;
        ASSERT_EQ(by_values[p], by_levels[p] * (values[p] < 0 ? -255.0F : 255.0F))
            << kernels->target;
      }
    }
  }
}

TEST(LayerKernels, ColoursBackwardsEqualTheScalarFormula) {
  constexpr std::size_t kCount = 4096;
  std::vector<float> numbers = random_floats(3 * kCount, 0, 255);
  for (float& number : numbers) number = std::fabs(number);
  for (std::size_t i = 0; i < 200; ++i) numbers[i * 7] = i % 2 == 0 ? 0.0F : 255.0F;
  const std::vector<float> by_rgb = random_floats(3 * kCount, 1);
  const auto n = static_cast<int>(kCount);
  for (const LayerKernels* kernels : all_targets()) {
    for (const ColorSpace space : {ColorSpace::kRgb, ColorSpace::kHsv, ColorSpace::kHls}) {
      for (const int hue_scale : {180, 255}) {
        const ColorRule rule{space, hue_scale};
        std::vector<float> by = by_rgb;
        kernels->color_back(rule, numbers.data(), numbers.data() + n, numbers.data() + 2 * n,
                            by.data(), by.data() + n, by.data() + 2 * n, n);
        for (std::size_t p = 0; p < kCount; ++p) {
          const float at[3] = {numbers[p], numbers[kCount + p], numbers[2 * kCount + p]};
          const float rgb[3] = {by_rgb[p], by_rgb[kCount + p], by_rgb[2 * kCount + p]};
          const ColorGradient<float> expected = color_gradient(rule, at, rgb);
          ASSERT_EQ(by[p], expected.first) << kernels->target << " " << static_cast<int>(space);
          ASSERT_EQ(by[kCount + p], expected.second) << kernels->target;
          ASSERT_EQ(by[2 * kCount + p], expected.third) << kernels->target;
        }
      }
    }
  }
}

TEST(LayerKernels, LanesAreAddedInAFixedOrder) {
  std::vector<float> lanes(kLanes);
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = static_cast<float>(1U << i);
  EXPECT_EQ(add_lanes(lanes.data()), 65535.0F);
}

}  // namespace
}  // namespace fool
