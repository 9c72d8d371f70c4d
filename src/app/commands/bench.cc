// fool bench: where the time of a run goes, against the bare forward rate of the network in the
// same minutes.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <ostream>

#include "app/command.h"
#include "app/config_flags.h"
#include "app/evolution.h"
#include "app/experiment.h"
#include "app/interrupt.h"
#include "app/option_checks.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

// The network alone on every worker: images that are already drawn, the block of the run.
class BareForward {
 public:
  BareForward(const Experiment& x, const std::vector<ItemPtr>& items)
      : pool_(*x.pool), block_(x.block), scorers_(make_scorers(x)) {
    std::vector<GenomePtr> genomes;
    for (int b = 0; b < block_; ++b)
      genomes.push_back(items[static_cast<std::size_t>(b) % items.size()]->genome);
    for (const auto& scorer : scorers_) {
      outputs_.emplace_back(static_cast<std::size_t>(block_) *
                            static_cast<std::size_t>(x.classifier->info().classes));
      scorer->score(genomes, outputs_.back());
    }
  }

  // Images per second, all workers together.
  double measure(double seconds) {
    std::atomic<int> blocks{0};
    const auto start = Clock::now();
    pool_.for_each(static_cast<int>(scorers_.size()), [&](int, int s) {
      const auto i = static_cast<std::size_t>(s);
      do {
        scorers_[i]->forward_again(outputs_[i]);
        ++blocks;
      } while (seconds_since(start) < seconds);
    });
    return static_cast<double>(blocks) * block_ / seconds_since(start);
  }

 private:
  WorkerPool& pool_;
  int block_;
  BlockScorers scorers_;
  std::vector<std::vector<float>> outputs_;
};

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
    app.add_flag("--json", json_, "Print JSON");
    app.footer(
        "The loop and the bare forward pass take turns, so that both meet the same machine.\n"
        "Example: fool bench --dataset imagenet --seconds 60");
  }

  int run(Console& console) override {
    Experiment x = assemble(flags_.resolve());
    print(measure(x), console);
    return 0;
  }

 private:
  Json measure(Experiment& x) const {
    EvolutionState state{Archive(x.classifier->info().classes)};
    StageTimes own;
    std::vector<ItemPtr> items;
    for (int g = 0; g <= warm_up_; ++g) items = advance(x, state, own).items;

    BareForward bare(x, items);
    bare.measure(0);  // allocates
    const int rounds = 5;
    const double slice = seconds_ / (2 * rounds);
    std::vector<double> forward;
    std::vector<double> loop;
    std::vector<double> ratio;
    StageTimes stages;
    double loop_seconds = 0;
    for (int r = 0; r < rounds; ++r) {
      if (interrupt_signal() != 0) throw Interrupted{};
      forward.push_back(bare.measure(slice));
      StageTimes mine;
      const StageTimes before = x.times();
      const std::uint64_t first = state.evaluations;
      const auto start = Clock::now();
      while (state.evaluations == first || seconds_since(start) < slice) advance(x, state, mine);
      const double seconds = seconds_since(start);
      loop.push_back(static_cast<double>(state.evaluations - first) / seconds);
      ratio.push_back(loop.back() / forward.back());
      loop_seconds += seconds;
      const StageTimes after = x.times();
      for (int s = 0; s < kStageCount; ++s) {
        const auto stage = static_cast<Stage>(s);
        stages[stage] += mine[stage] + after[stage] - before[stage];
      }
    }

    // Variation runs on all workers at once; the archive on one while the others wait.
    const double total = loop_seconds * x.pool->workers();
    stages[Stage::kVary] *= x.pool->workers();
    Json shares = Json::object();
    double busy = 0;
    for (int s = 0; s < kStageCount; ++s) {
      const auto stage = static_cast<Stage>(s);
      if (stage == Stage::kReport) continue;  // no reporter runs here
      shares[std::string(kStageNames[static_cast<std::size_t>(s)])] = stages[stage] / total;
      busy += stages[stage];
    }
    shares["idle"] = 1 - busy / total;
    return {{"model", x.model.name},
            {"encoding", x.config["encoding"]["type"]},
            {"block", x.evaluator->block()},
            {"workers", x.pool->workers()},
            {"renderer", x.evaluator->renderer_name()},
            {"forward_per_second", median(forward)},
            {"loop_per_second", median(loop)},
            {"loop_over_forward", median(ratio)},
            {"shares", shares},
            {"render", measure_renderers(x, items)}};
  }

  // Every renderer on one thread, drawing the same genomes: images per second.
  static Json measure_renderers(const Experiment& x, const std::vector<ItemPtr>& items) {
    std::vector<GenomePtr> genomes;
    for (std::size_t i = 0; i < std::min<std::size_t>(items.size(), 32); ++i)
      genomes.push_back(items[i]->genome);
    ImageBatch images(static_cast<int>(genomes.size()), x.encoding->shape());
    Json rates = Json::object();
    for (const std::string& name : renderer_names(*x.encoding)) {
      const auto renderer = make_renderer(name, *x.encoding);
      renderer->render(genomes, images);
      int drawn = 0;
      const auto start = Clock::now();
      while (drawn == 0 || seconds_since(start) < 0.5) {
        renderer->render(genomes, images);
        drawn += images.count();
      }
      rates[name] = drawn / seconds_since(start);
    }
    return rates;
  }

  void print(const Json& result, Console& console) const {
    if (json_) {
      console.out << result.dump(2) << "\n";
      return;
    }
    console.out << fmt::format("{} with {}, {} workers, blocks of {}\n\n",
                               result["model"].get<std::string>(),
                               result["encoding"].get<std::string>(), result["workers"].get<int>(),
                               result["block"].get<int>())
                << fmt::format("bare forward   {:10.1f} images/s\n",
                               result["forward_per_second"].get<double>())
                << fmt::format("whole loop     {:10.1f} images/s   {:.3f} of bare forward\n\n",
                               result["loop_per_second"].get<double>(),
                               result["loop_over_forward"].get<double>())
                << "time of all workers in the loop\n";
    for (const auto& [stage, share] : result["shares"].items()) {
      console.out << fmt::format("  {:<12} {:6.2f} %\n", stage, 100 * share.get<double>());
    }
    console.out << "\nrendering on one thread\n";
    const double reference = result["render"]["reference"];
    for (const auto& [name, rate] : result["render"].items()) {
      console.out << fmt::format("  {:<16} {:10.1f} images/s   {:6.1f} x reference\n", name,
                                 rate.get<double>(), rate.get<double>() / reference);
    }
  }

  ConfigFlags flags_;
  double seconds_ = 20;
  int warm_up_ = 5;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("bench", BenchCommand,
                      "Measure where the time of a run goes, against the bare forward rate");

}  // namespace
}  // namespace fool
