// Making one child.
#include <benchmark/benchmark.h>

#include "encoding/genomes.h"

namespace fool {
namespace {

void vary(benchmark::State& state, const std::string& type, const std::string& preset,
          int mutations) {
  const auto encoding = make_encoding(type, {256, 256, 3}, {{"preset", preset}});
  const GenomePtr parents[2] = {descendant(*encoding, 1, mutations), encoding->random({2, 0, 0})};
  std::uint32_t index = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        encoding->vary({parents, static_cast<std::size_t>(encoding->parents())}, {1, 1, index++}));
  }
}

BENCHMARK_CAPTURE(vary, direct, "direct", "paper", 0)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(vary, direct_released_code, "direct", "released-code", 0)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(vary, cppn_40, "cppn", "paper", 40)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(vary, cppn_200, "cppn", "paper", 200)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace fool
