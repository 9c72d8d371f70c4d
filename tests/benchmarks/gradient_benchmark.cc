// Drawing a picture that can be differentiated, and pulling a gradient by its pixels back to the
// genome, per image: what a step along a gradient costs beside the network's passes.
#include <benchmark/benchmark.h>

#include <vector>

#include "encoding/genomes.h"
#include "fool/render/differentiator.h"
#include "fool/render/renderer.h"
#include "render/grown_cppn.h"

namespace fool {
namespace {

constexpr int kGenomes = 4;

void draw(benchmark::State& state, const Encoding& encoding, const std::vector<GenomePtr>& genomes,
          const std::string& name) {
  ImageBatch images(kGenomes, encoding.shape());
  const auto renderer = make_renderer(name, encoding);
  for (auto _ : state) {
    renderer->render(genomes, images);
    benchmark::DoNotOptimize(images.bytes().data());
  }
  state.counters["per_image"] = benchmark::Counter(
      kGenomes, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void pull_back(benchmark::State& state, const Encoding& encoding,
               const std::vector<GenomePtr>& genomes, const std::string& name) {
  std::vector<float> by_pixels(kGenomes * encoding.shape().size());
  for (std::size_t i = 0; i < by_pixels.size(); ++i)
    by_pixels[i] = 0.01F * (static_cast<float>(i % 101) - 50.0F);
  std::vector<std::vector<float>> gradients;
  for (const GenomePtr& genome : genomes)
    gradients.emplace_back(encoding.differentiable()->parameters(*genome).size());
  const std::vector<Span<float>> places(gradients.begin(), gradients.end());
  const auto differentiator = make_differentiator(name, encoding, Frame::whole(encoding.shape()));
  for (auto _ : state) {
    differentiator->pull_back(genomes, by_pixels, places);
    benchmark::DoNotOptimize(gradients.front().data());
  }
  state.counters["per_image"] = benchmark::Counter(
      kGenomes, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

template <typename MakeGenome>
void add(const std::string& title, std::unique_ptr<Encoding> made, const MakeGenome& make_genome) {
  const std::shared_ptr<const Encoding> encoding = std::move(made);
  std::vector<GenomePtr> genomes;
  for (std::uint64_t seed = 1; seed <= kGenomes; ++seed)
    genomes.push_back(make_genome(*encoding, seed));
  for (const std::string& name : renderer_names(*encoding)) {
    benchmark::RegisterBenchmark(
        fmt::format("gradient/{}/draw/{}", title, name).c_str(),
        [=](benchmark::State& state) { draw(state, *encoding, genomes, name); })
        ->Unit(benchmark::kMillisecond);
  }
  for (const std::string& name : differentiator_names(*encoding)) {
    benchmark::RegisterBenchmark(
        fmt::format("gradient/{}/pull_back/{}", title, name).c_str(),
        [=](benchmark::State& state) { pull_back(state, *encoding, genomes, name); })
        ->Unit(benchmark::kMillisecond);
  }
}

const bool registered = [] {
  const ImageShape shape{227, 227, 3};
  const auto random = [](const Encoding& encoding, std::uint64_t seed) {
    return encoding.random({seed, 0, 0});
  };
  add("dense-cppn/227x227x3/3x32_sine", make_encoding("dense-cppn", shape), random);
  add("dense-cppn/227x227x3/4x16_composite",
      make_encoding("dense-cppn", shape, {{"preset", "composite"}}), random);
  add("direct/227x227x3", make_encoding("direct", shape), random);
  for (const int nodes : {3, 15, 50}) {
    add(fmt::format("cppn/227x227x3/{}_nodes", nodes), make_encoding("cppn", shape),
        [=](const Encoding& encoding, std::uint64_t seed) {
          return grown_cppn(dynamic_cast<const CppnEncoding&>(encoding), seed, nodes);
        });
  }
  return true;
}();

}  // namespace
}  // namespace fool
