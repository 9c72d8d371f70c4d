// How near the CPPN renderer comes to what a core's arithmetic units could do. For genomes of
// several sizes and each instruction set:
//   operations/s  additions, multiplications, comparisons, ... that the picture needs, per second
//   peak/s        multiplications and additions in turn that the same core does in registers
//   of_limit      the time of the picture over the time that its operations need at that peak (or
//                 its divisions at theirs, which run beside, where that is longer)
// Operations are counted per number, not per vector: see operations_of(). The peak is measured
// before and after each genome size and the better one counts, so that a busy machine errs to our
// disadvantage.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <vector>

#include "benchmarks/peak.h"
#include "encoding/genomes.h"
#include "fool/render/renderer.h"
#include "render/cppn_plan.h"
#include "render/grown_cppn.h"

namespace fool {
namespace {

constexpr int kGenomes = 20;

struct Operations {
  double simple = 0;
  double divisions = 0;

  Operations& operator+=(const Operations& more) {
    simple += more.simple;
    divisions += more.divisions;
    return *this;
  }
  Operations operator*(double n) const { return {simple * n, divisions * n}; }
};

// Of exp_within() and sin_within() in repro_math.h, by counting: k takes three; the reduction four
// or six; the polynomial of r or r^2 two for each coefficient but the first, and the rest.
constexpr double kExp = 3 + 4 + 10 + 4 + 3;
constexpr double kSine = 3 + 6 + 1 + 6 + 3 + 2;

// Of activate(): clamping only where the sum may need it.
Operations activation_of(Activation activation, SumSize sum) {
  const double clamps = sum == SumSize::kAny ? 1 : 0;
  switch (activation) {
    case Activation::kSine:
      return {kSine + 2 * clamps, 0};
    case Activation::kSigmoid:
      return {kExp + 3 + 2 * clamps, 1};
    case Activation::kGaussian:
      return {kExp + 2 + clamps, 0};
    case Activation::kLinear:
      return {1 + 2 * clamps, 0};
    case Activation::kTanh:
      return {kExp + 3 + 2 * clamps, 1};
    case Activation::kRelu:
      break;
  }
  return {2 + clamps, 0};
}

// Of a pixel's colour: three levels of three operations; the hue 8; its flanks 12 and clamps 6;
// chroma and the channels 21; three bytes into one word 4.
constexpr double kColour = 9 + 8 + 18 + 21 + 4;

// A node costs its sum and its activation: for each pixel, or once per column or row where it
// depends on nothing else.
Operations operations_of(const CppnProgram& program, const ImageShape& shape) {
  const CppnPlan plan = plan_cppn(program);
  Operations all{kColour * shape.height * shape.width, 0};
  for (std::size_t i = 0; i < program.nodes.size(); ++i) {
    const CppnProgram::Node& node = program.nodes[i];
    Operations once = activation_of(node.activation, plan.sum[i]);
    once.simple += std::max(0, 2 * (node.last_edge - node.first_edge) - 1);
    switch (plan.extent[CppnGraph::kInputs + i]) {
      case Extent::kPixel:
        all += once * (static_cast<double>(shape.height) * shape.width);
        break;
      case Extent::kColumn:
        all += once * shape.width;
        break;
      case Extent::kRow:
        all += once * shape.height;
        break;
      case Extent::kConstant:
        break;
    }
  }
  return all;
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Operations per second, the best of many short runs.
double best_rate(int (*run)(int rounds)) {
  constexpr int kRounds = 20'000;
  double best = 0;
  for (int i = 0; i < 40; ++i) {
    const double start = cpu_seconds();
    const int lanes = run(kRounds);
    const double operations = static_cast<double>(kRounds) * kPeakOperations * lanes;
    best = std::max(best, operations / (cpu_seconds() - start));
  }
  return best;
}

void measure(benchmark::State& state, const CppnEncoding& encoding,
             const std::vector<GenomePtr>& genomes, const std::string& renderer_name,
             const Peak& peak) {
  Operations needed;
  for (const GenomePtr& genome : genomes) {
    needed += operations_of(encoding.compile(*genome), encoding.shape());
  }
  ImageBatch images(kGenomes, encoding.shape());
  const auto renderer = make_renderer(renderer_name, encoding);
  double simple_rate = best_rate(peak.multiply_and_add);
  double division_rate = best_rate(peak.divide);
  double best = 1e9;  // seconds of a batch
  for (auto _ : state) {
    const double start = cpu_seconds();
    renderer->render(genomes, images);
    benchmark::DoNotOptimize(images.bytes().data());
    best = std::min(best, cpu_seconds() - start);
  }
  simple_rate = std::max(simple_rate, best_rate(peak.multiply_and_add));
  division_rate = std::max(division_rate, best_rate(peak.divide));
  const double limit = std::max(needed.simple / simple_rate, needed.divisions / division_rate);
  state.counters["images/s"] = kGenomes / best;
  state.counters["operations/s"] = needed.simple / best;
  state.counters["peak/s"] = simple_rate;
  state.counters["of_limit"] = best / limit;
}

const bool registered = [] {
  std::map<std::string, const Peak*> peaks = {{"tiled-baseline", &kBaselinePeak}};
#if defined(__x86_64__)
  peaks["tiled-avx2"] = &kAvx2Peak;
  peaks["tiled-avx512"] = &kAvx512Peak;
#endif
  const ImageShape shape{227, 227, 3};
  const std::shared_ptr<const Encoding> encoding = make_encoding("cppn", shape);
  const auto& cppn = dynamic_cast<const CppnEncoding&>(*encoding);
  for (const int nodes : {3, 15, 50, 150}) {
    std::vector<GenomePtr> genomes;
    for (std::uint64_t seed = 1; seed <= kGenomes; ++seed) {
      genomes.push_back(grown_cppn(cppn, seed, nodes));
    }
    for (const std::string& name : renderer_names(*encoding)) {
      const auto found = peaks.find(name);
      if (found == peaks.end()) continue;
      benchmark::RegisterBenchmark(
          fmt::format("limit/cppn/227x227x3/{}_nodes/{}", nodes, name).c_str(),
          [=, peak = found->second](benchmark::State& state) {
            measure(state, dynamic_cast<const CppnEncoding&>(*encoding), genomes, name, *peak);
          })
          ->Unit(benchmark::kMillisecond);
    }
  }
  return true;
}();

}  // namespace
}  // namespace fool
