// fool bench: where the time of a run goes, against the bare forward rate of the network and the
// machine's matrix products in the same minutes.
#include <algorithm>
#include <map>
#include <optional>
#include <ostream>

#include "app/bench_report.h"
#include "app/command.h"
#include "app/config_flags.h"
#include "app/grown_genomes.h"
#include "app/measurement.h"
#include "app/option_checks.h"
#include "fool/core/version.h"
#include "fool/render/renderer.h"

namespace fool {
namespace {

constexpr int kRounds = 5;

class BenchCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    flags_.declare_experiment(app, "What to run");
    flags_.declare_files(app, "Configuration");
    app.add_option("--seconds", seconds_, "Time to spend measuring [20]")
        ->type_name("S")
        ->check(number_from_to(1, 1e5));
    app.add_option("--warm-up", warm_up_,
                   "Generations to evolve first, so that genomes have a usual size [5]")
        ->type_name("N")
        ->check(at_least(0));
    app.add_option("--grown", grown_,
                   "Begin with genomes that were varied so many times, as in long runs [0]")
        ->type_name("N")
        ->check(from_to(0, 100000));
    app.add_flag("--bare", bare_, "Only the network and the products of matrices, not the loop");
    app.add_flag("--json", json_, "Print JSON");
    app.add_option("--compare", compare_,
                   "Print the ratios to what --json printed another time, in this file")
        ->type_name("FILE");
    app.footer(
        R"(The loop, the bare forward pass and products of matrices (float32, one thread a worker) take turns, so
that all meet the same machine. Reporters run as configured, in a scratch folder below TMPDIR; what they
write only at the end of a run is not measured. Shares are of all workers' time: while one thread archives
and reports, the others are idle.
Examples:
  fool bench --dataset imagenet --seconds 60
  fool bench --dataset imagenet --grown 5000 --json > old.json
  fool bench --dataset imagenet --grown 5000 --compare old.json)");
  }

  int run(Console& console) override {
    Json old;
    if (!compare_.empty()) old = read_bench(compare_);
    Experiment x = assemble(flags_.resolve());
    Json result = describe(x);
    if (!compare_.empty()) require_comparable(old, result, compare_);
    measure(x, result);
    if (json_) {
      if (!compare_.empty()) result["then"] = old;
      console.out << result.dump(2) << "\n";
    } else if (!compare_.empty()) {
      print_comparison(old, result, console.out);
    } else {
      print_bench(result, console.out);
    }
    return 0;
  }

 private:
  // What is measured, on what.
  Json describe(const Experiment& x) const {
    const ImageShape& shape = x.encoding->shape();
    return {{"schema", kBenchSchema},
            {"fool", kVersion},
            {"library", numeric_library()},
            {"engine", x.classifier->info().fingerprint.value("engine", "")},
            {"device", x.config["evaluate"]["device"]},
            {"precision", x.config["evaluate"]["precision"]},
            {"screening", x.config["evaluate"]["screening"]},
            {"model", x.model.name},
            {"encoding", x.config["encoding"]["type"]},
            {"search", x.config["search"]["type"]},
            {"image", {shape.height, shape.width, shape.channels}},
            {"block", x.block},
            {"workers", x.pool->workers()},
            {"renderer", x.evaluator->renderer_name()},
            {"grown", grown_}};
  }

  void measure(Experiment& x, Json& result) const {
    const std::vector<GenomePtr> first = first_genomes(x);
    std::optional<MeasuredRun> run;
    std::vector<GenomePtr> genomes = first;
    if (!bare_) {
      run.emplace(x, grown_ > 0 ? first : std::vector<GenomePtr>{});
      for (int g = 0; g < warm_up_; ++g) run->advance();
      genomes = genomes_of(run->items());
    }
    BareForward bare(x, genomes);
    std::map<std::string, MatrixRate> products;
    for (const std::string& library : matrix_libraries())
      products.try_emplace(library, library, *x.pool);

    const double turn = seconds_ / kRounds / (bare_ ? 1.25 : 2.25);
    std::vector<double> forward;
    std::vector<double> loop;
    std::vector<double> ratio;
    std::map<std::string, std::vector<double>> rates;
    LoopTime total;
    for (int r = 0; r < kRounds; ++r) {
      forward.push_back(bare.measure(turn));
      for (auto& [library, rate] : products)
        rates[library].push_back(rate.measure(turn / 4 / static_cast<double>(products.size())));
      if (!run) continue;
      loop.push_back(measure_loop(*run, turn, total));
      ratio.push_back(loop.back() / forward.back());
    }
    add_arithmetic(x, forward, rates, result);
    if (!run) return;
    result["loop_per_second"] = median(loop);
    result["loop_over_forward"] = median(ratio);
    result["rounds"]["loop"] = loop;
    add_stages(total, x.pool->workers(), result);
    result["render"] = measure_renderers(x, genomes_of(run->items()));
  }

  std::vector<GenomePtr> first_genomes(const Experiment& x) const {
    constexpr int kGenomes = 64;  // different ones
    return grown_genomes(*x.encoding, x.config["seed"], grown_, kGenomes, *x.pool);
  }

  static std::vector<GenomePtr> genomes_of(const std::vector<ItemPtr>& items) {
    std::vector<GenomePtr> genomes;
    genomes.reserve(items.size());
    for (const ItemPtr& item : items) genomes.push_back(item->genome);
    return genomes;
  }

  static void add_arithmetic(const Experiment& x, const std::vector<double>& forward,
                             const std::map<std::string, std::vector<double>>& rates,
                             Json& result) {
    result["forward_per_second"] = median(forward);
    result["rounds"]["forward"] = forward;
    double best = 0;
    for (const auto& [library, values] : rates) {
      result["matrix_products"][library] = median(values);
      best = std::max(best, median(values));
    }
    const auto multiply_adds = static_cast<double>(x.classifier->info().multiply_adds);
    result["multiply_adds"] = multiply_adds;
    // The products are the processor's, whatever runs the network.
    const bool on_device = x.networks.front()->on_device() != nullptr;
    if (multiply_adds > 0 && !on_device)
      result["forward_efficiency"] = multiply_adds * median(forward) / best;
  }

  // The turns of the loop, added up.
  struct LoopTime {
    double seconds = 0;
    double processor = 0;
    double images = 0;
    StageTimes stages;
  };

  // Images per second.
  static double measure_loop(MeasuredRun& run, double turn, LoopTime& total) {
    const StageTimes before = run.times();
    const std::uint64_t first = run.state().evaluations;
    const double processor = processor_seconds();
    const Stopwatch watch;
    while (run.state().evaluations == first || watch.seconds() < turn) run.advance();
    const double seconds = watch.seconds();
    const auto images = static_cast<double>(run.state().evaluations - first);
    total.seconds += seconds;
    total.processor += processor_seconds() - processor;
    total.images += images;
    const StageTimes after = run.times();
    for (int s = 0; s < kStageCount; ++s) {
      const auto stage = static_cast<Stage>(s);
      total.stages[stage] += after[stage] - before[stage];
    }
    return images / seconds;
  }

  static void add_stages(LoopTime total, int workers, Json& result) {
    const double all = total.seconds * workers;
    // Variation runs on all workers at once; archive and reporters on one while the others wait.
    total.stages[Stage::kVary] *= workers;
    double busy = 0;
    const auto add = [&](const std::string& name, double seconds) {
      result["stages"][name] = {{"share", seconds / all},
                                {"microseconds_per_image", 1e6 * seconds / total.images}};
      if (name != "idle") result["stages"][name]["per_second"] = total.images * workers / seconds;
    };
    for (int s = 0; s < kStageCount; ++s) {
      const double seconds = total.stages[static_cast<Stage>(s)];
      add(std::string(kStageNames[static_cast<std::size_t>(s)]), seconds);
      busy += seconds;
    }
    add("idle", all - busy);
    result["processor_share"] = total.processor / all;
  }

  // Every renderer on one thread, drawing the same genomes: images per second.
  static Json measure_renderers(const Experiment& x, std::vector<GenomePtr> genomes) {
    genomes.resize(std::min<std::size_t>(genomes.size(), 32));
    ImageBatch images(static_cast<int>(genomes.size()), x.encoding->shape());
    Json rates = Json::object();
    for (const std::string& name : renderer_names(*x.encoding)) {
      const auto renderer = make_renderer(name, *x.encoding);
      renderer->render(genomes, images);
      int drawn = 0;
      const Stopwatch watch;
      while (drawn == 0 || watch.seconds() < 0.5) {
        stop_if_interrupted();
        renderer->render(genomes, images);
        drawn += images.count();
      }
      rates[name] = drawn / watch.seconds();
    }
    return rates;
  }

  ConfigFlags flags_;
  double seconds_ = 20;
  int warm_up_ = 5;
  int grown_ = 0;
  bool bare_ = false;
  bool json_ = false;
  std::string compare_;
};

FOOL_REGISTER_COMMAND("bench", BenchCommand,
                      "Measure where the time of a run goes, against the bare forward rate");

}  // namespace
}  // namespace fool
