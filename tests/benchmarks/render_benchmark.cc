// Drawing images, per renderer. The CPPNs are named by how many of their nodes have to be computed
// for every pixel: 3 in new ones, about 15 in the champions of a short run (200 generations), 50 in
// those of a long one (5000).
#include <benchmark/benchmark.h>

#include <vector>

#include "encoding/genomes.h"
#include "fool/render/renderer.h"
#include "render/grown_cppn.h"

namespace fool {
namespace {

constexpr int kGenomes = 20;

void draw(benchmark::State& state, const Encoding& encoding, const std::vector<GenomePtr>& genomes,
          const std::string& name) {
  ImageBatch images(kGenomes, encoding.shape());
  const auto renderer = make_renderer(name, encoding);
  for (auto _ : state) {
    renderer->render(genomes, images);
    benchmark::DoNotOptimize(images.bytes().data());
  }
  state.counters["images/s"] =
      benchmark::Counter(kGenomes, benchmark::Counter::kIsIterationInvariantRate);
}

template <typename MakeGenome>
void add(const std::string& title, std::unique_ptr<Encoding> made, const MakeGenome& make_genome) {
  const std::shared_ptr<const Encoding> encoding = std::move(made);
  std::vector<GenomePtr> genomes;
  for (std::uint64_t seed = 1; seed <= kGenomes; ++seed) {
    genomes.push_back(make_genome(*encoding, seed));
  }
  for (const std::string& name : renderer_names(*encoding)) {
    benchmark::RegisterBenchmark(
        fmt::format("{}/{}", title, name).c_str(),
        [=](benchmark::State& state) { draw(state, *encoding, genomes, name); })
        ->Unit(benchmark::kMillisecond);
  }
}

void add_cppn(const ImageShape& shape, int nodes) {
  add(fmt::format("cppn/{}x{}x{}/{}_nodes", shape.height, shape.width, shape.channels, nodes),
      make_encoding("cppn", shape), [=](const Encoding& encoding, std::uint64_t seed) {
        return grown_cppn(dynamic_cast<const CppnEncoding&>(encoding), seed, nodes);
      });
}

void add_direct(const std::string& preset) {
  add("direct/227x227x3/" + preset, make_encoding("direct", {227, 227, 3}, {{"preset", preset}}),
      [](const Encoding& encoding, std::uint64_t seed) {
        return encoding.random({seed, 0, 0});
      });
}

const bool registered = [] {
  for (const int nodes : {3, 15, 50}) add_cppn({227, 227, 3}, nodes);
  add_cppn({28, 28, 1}, 15);
  add_direct("paper");
  add_direct("released-code");
  return true;
}();

}  // namespace
}  // namespace fool
