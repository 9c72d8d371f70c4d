// fool evolve: search for fooling images, from start or from a checkpoint.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <ostream>

#include "app/command.h"
#include "app/config_flags.h"
#include "app/continuation.h"
#include "app/evolution.h"
#include "app/experiment.h"
#include "app/interrupt.h"
#include "app/model_list.h"
#include "app/provide_model.h"
#include "app/rank_setup.h"
#include "app/run_config.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/recognise.h"
#include "fool/report/checkpoint.h"
#include "fool/report/run_folder.h"

namespace fool {
namespace {

// As the card has it, or computed where the card knows less.
std::string weights_sha256(const ModelSpec& model) {
  if (!model.sha256.empty() || model.weights.empty()) return model.sha256;
  return sha256_file(model.weights);
}

class EvolveCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    const std::string experiment = "What to run";
    flags_.declare_experiment(app, experiment);
    flags_.declare(app, "--generations", "generations",
                   "Batches of children after the initial population", "N", experiment);
    flags_.declare(app, "--budget-evaluations", "budget_evaluations",
                   "Stop when N evaluations are spent, a gradient counting for 3", "N", experiment);
    flags_.declare(app, "--budget-seconds", "budget_seconds", "Stop after so long", "S",
                   experiment);
    flags_.declare(app, "--stop-at-median", "stop_at_median",
                   "Stop when the classes' median confidence is this high", "P", experiment);
    flags_.declare(app, "--seed", "seed", "Same seed and settings, same result [1]", "N",
                   experiment);
    flags_.declare(app, "--init-size", "search.init_size", "Random individuals to start with", "N",
                   experiment);
    flags_.declare(app, "--batch-size", "search.batch_size", "Children per generation", "N",
                   experiment);
    flags_.declare(app, "--image-size", "image.size",
                   "Height and width drawn; 0 = what the network takes", "PIXELS", experiment);
    flags_.declare(app, "--crops", "image.crops", "Crops averaged: 1, or the paper's 10", "1|10",
                   experiment);
    flags_.declare(app, "--transforms", "image.transforms",
                   "Copies scored with every image, with commas between them: jpeg, mirror, shift",
                   "NAMES", experiment);
    flags_.declare_files(app, "Configuration");

    const std::string running = "Running";
    app.add_option("--out", out_, "Folder of the run [runs/DATASET-ENCODING-SEARCH-MODEL-seedN]")
        ->type_name("DIR")
        ->group(running);
    app.add_option("--resume", resume_, "Continue the run in this folder from its last checkpoint")
        ->type_name("DIR")
        ->group(running);
    flags_.declare(app, "--progress", "report.console.progress", "Progress on stderr",
                   "auto|bar|plain|json|off", running);
    flags_.declare(app, "--checkpoint-every", "report.checkpoint.every",
                   "Generations between checkpoints", "N", running);
    flags_.declare(app, "--images-every", "report.images.every",
                   "Generations between writing images; 0 = at the end", "N", running);
    app.add_flag("--tensorboard", tensorboard_,
                 "Write events for TensorBoard into the run's folder")
        ->group(running);
    app.add_flag("--offline", download_.offline,
                 "Fetch nothing: weights that are not here are an error [FOOL_OFFLINE]")
        ->group(running);
    app.add_flag("--dry-run", dry_run_, "Print the resolved configuration, cost and time, and stop")
        ->group(running);
    app.add_flag("--json", json_, "Print the summary as JSON instead of a table")->group(running);
    app.footer(R"(Examples:
  fool evolve --dataset mnist --encoding direct --generations 200 --seed 3
  fool evolve --encoding cppn --dataset imagenet --model squeezenet1_1 --generations 100
  fool evolve --config configs/imagenet_cppn_paper.json --set search.batch_size=200
  fool evolve --dataset imagenet --search gradient-cppn --encoding dense-cppn --budget-seconds 600
  fool evolve --dataset imagenet --model squeezenet1_1,alexnet,googlenet --ensemble min
  fool evolve --dataset mnist --transforms jpeg,shift --set image.shift=3
  fool evolve --resume runs/mnist-cppn-map-elites-lenet-mnist-seed1 --generations 1000)");
  }

  bool runs_on_ranks() const override { return true; }

  int run(Console& console) override {
    if (json_) flags_.set("report.console.summary", "json");
    if (tensorboard_) flags_.set("report.tensorboard.every", "1");
    return resume_.empty() ? start(console) : resume(console);
  }

 private:
  int start(Console& console) {
    let_budget_decide();
    Json config = flags_.resolve();
    // A file's name means the same file wherever the run is continued or verified from.
    config["model"] = with_absolute_files(config["model"]);
    provide(config, console);
    Communicator& ranks = console.ranks;
    Experiment experiment = assemble(config, ranks);
    require_same(ranks, experiment);
    if (interrupt_signal() != 0) throw Interrupted{};  // before there is a folder to resume
    for (const ModelSpec& model : experiment.models) {
      const std::string warning = warning_of_guess(model);
      if (!warning.empty()) console.err << "fool: " << warning << "\n";
    }
    if (dry_run_) return explain(experiment, console);
    std::filesystem::path path = out_;
    if (path.empty()) {
      path = default_run_folder("runs",
                                {config["dataset"], config["encoding"]["type"],
                                 config["search"]["type"], experiment.model.name},
                                config["seed"]);
    }
    EvolutionState state{Archive(experiment.classifier->info().classes)};
    if (!ranks.leads()) return follow(experiment, state, ranks);
    const RunFolder folder = RunFolder::create(path);

    RunRecord record;
    record.command = console.arguments;
    record.started = utc_now();
    record.host = host_facts();
    record.model = experiment.model.name;
    record.card = experiment.model.card;
    record.weights_sha256 = weights_sha256(experiment.model);
    record.fingerprint = experiment.fingerprint;
    record.config = config;
    return lead(experiment, folder, record, state, console);
  }

  int resume(Console& console) {
    if (!out_.empty() || flags_.any_file()) {
      fail(ErrorKind::kUsage,
           "--resume takes its settings from the run; --out and --config do not go with it");
    }
    Communicator& ranks = console.ranks;
    std::optional<RunFolder> folder;
    if (ranks.leads()) folder = RunFolder::resume(resume_);
    RunRecord record = read_run_record(resume_);
    for (const char* other : {"ascend", "retrain"}) {
      if (!record.config.contains(other)) continue;
      fail(ErrorKind::kUsage,
           "--resume: {0} was made by fool {1}; continue it with fool {1} --resume {0}", resume_,
           other);
    }
    // What an older run does not say is as it is by default.
    const Json then = resolve_saved_config(record.config, Json::object());
    const Json config = resolve_saved_config(record.config, flags_.layer());
    if (const std::string key = first_difference(config, then); !key.empty()) {
      fail(ErrorKind::kUsage,
           "--resume: {} was {} in this run and cannot become {}; start a new run for that", key,
           value_at(then, key).dump(), value_at(config, key).dump());
    }
    provide(config, console);
    Experiment experiment = assemble(config, ranks);
    require_same(record.fingerprint, experiment.fingerprint);
    require_same(ranks, experiment);
    if (dry_run_) return explain(experiment, console);

    EvolutionState state{Archive(experiment.classifier->info().classes)};
    std::vector<std::string> warnings;
    if (auto checkpoint = read_newest_checkpoint(resume_, *experiment.encoding, &warnings)) {
      state = {std::move(checkpoint->archive), checkpoint->generation, checkpoint->evaluations,
               checkpoint->seconds, checkpoint->equivalents};
      const int last = config["generations"];
      if (last < state.generation) {
        fail(
            ErrorKind::kUsage,
            "--resume: this run has done generation {} already; expected --generations {} or more, "
            "found {}",
            state.generation, state.generation, last);
      }
      experiment.search->load_state(checkpoint->search_state);
    } else {
      warnings.push_back("no checkpoint yet: starting from the beginning");
    }
    for (const std::string& warning : warnings) console.err << "fool: " << warning << "\n";
    // Also before rank 0 may touch a checkpoint that another one is reading.
    require_same_on_all_ranks(ranks, "checkpoint",
                              {{"generation", state.generation},
                               {"evaluations", state.evaluations},
                               {"archive", state.archive.digest(*experiment.encoding)}});
    if (!ranks.leads()) return follow(experiment, state, ranks);
    record.config = config;  // --generations may have grown; who started it, and when, stays
    return lead(experiment, *folder, record, state, console);
  }

  // Whoever names a budget, but no number of generations, wants as many as it allows.
  void let_budget_decide() {
    const Json given = flags_.layer();
    if (given.contains("generations")) return;
    for (const char* budget : {"budget_evaluations", "budget_seconds", "stop_at_median"}) {
      if (given.value(budget, Json(0)) != 0)
        flags_.set("generations", std::to_string(kMostGenerations));
    }
  }

  // The weights must be here before anything is made of them. Rank 0 gets them for all that share
  // its disk.
  void provide(const Json& config, Console& console) {
    download_.progress = config["report"]["console"]["progress"];
    if (!console.ranks.leads()) console.ranks.agree();
    for (const std::string& model : model_list(config["model"])) {
      provide_model(model, Thoroughness::kMissing, download_, console);
    }
    if (console.ranks.leads()) console.ranks.agree();
  }

  // What can change a result must not differ between ranks.
  static void require_same(Communicator& ranks, const Experiment& experiment) {
    require_same_on_all_ranks(ranks, "settings",
                              {{"generations", experiment.config.at("generations")}});
    require_same_on_all_ranks(ranks, "numerics", experiment.fingerprint);
  }

  // Rank 0: all that is written or said.
  int lead(Experiment& experiment, const RunFolder& folder, RunRecord& record,
           EvolutionState& state, Console& console) {
    Communicator& ranks = console.ranks;
    record.ended = false;
    folder.write_record(record);
    std::vector<std::string> labels;
    for (int k = 0; k < state.archive.classes(); ++k) labels.push_back(experiment.model.label(k));
    const RunInfo info = run_info(experiment, folder.path(), labels, state);
    const auto reporters = make_reporters(experiment.config["report"]);
    // A launcher that sees a rank die gives the others a second to end; they wait for the dead one.
    bool saved = false;
    const WhileWaiting while_waiting(ranks, [&] {
      if (saved || !interrupted()) return;
      saved = true;
      save_quietly(state, info, reporters);
      console.err
          << "fool: stopping; the run is saved, and can be continued on any number of ranks "
             "with: fool evolve --resume "
          << folder.path().string() << "\n";
    });
    const RunSummary summary = evolve(experiment, state, info, reporters, interrupted);
    record.ended = true;
    folder.write_record(record);
    if (experiment.screening != nullptr) tell_of_screening(experiment, console);
    return exit_code(summary, ranks);
  }

  // Calls something while this rank waits for others, as long as this exists.
  class WhileWaiting {
   public:
    WhileWaiting(Communicator& ranks, std::function<void()> call) : ranks_(ranks) {
      ranks_.while_waiting(std::move(call));
    }
    ~WhileWaiting() { ranks_.while_waiting({}); }
    WhileWaiting(const WhileWaiting&) = delete;
    WhileWaiting& operator=(const WhileWaiting&) = delete;

   private:
    Communicator& ranks_;
  };

  // Every other rank.
  static int follow(Experiment& experiment, EvolutionState& state, Communicator& ranks) {
    const RunInfo info = run_info(experiment, {}, {}, state);
    return exit_code(evolve(experiment, state, info, {}, interrupted), ranks);
  }

  static RunInfo run_info(const Experiment& experiment, const std::filesystem::path& folder,
                          const std::vector<std::string>& labels, const EvolutionState& state) {
    return {folder,
            experiment.config,
            experiment.fingerprint,
            labels,
            *experiment.encoding,
            state.archive,
            *experiment.search,
            state.generation + 1,
            experiment.config["generations"].get<int>(),
            budget_of(experiment.config),
            state.equivalents};
  }

  static Budget budget_of(const Json& config) {
    return {config.at("budget_evaluations"), config.at("budget_seconds"),
            config.at("stop_at_median")};
  }

  static bool interrupted() { return interrupt_signal() != 0; }

  // The signal may have come to one rank only.
  static int exit_code(const RunSummary& summary, Communicator& ranks) {
    if (!summary.interrupted) return 0;
    int signal = 0;
    for (const std::string& seen : ranks.exchange(std::to_string(interrupt_signal()))) {
      signal = std::max(signal, std::stoi(seen));
    }
    return 128 + signal;
  }

  // The numbers of a run must not depend on when it was interrupted.
  static void require_same(const Json& then, const Json& now) {
    for (const auto& [key, value] : then.items()) {
      if (now.value(key, Json()) != value) {
        fail(ErrorKind::kConfig,
             "--resume: {} is not what the run was made with, so the results would mix: it was {}, "
             "now it is {}",
             key, value.dump(), now.value(key, Json()).dump());
      }
    }
  }

  static void tell_of_screening(const Experiment& experiment, Console& console) {
    const ScreeningCounts& counts = experiment.screening->counts();
    if (counts.items == 0) return;
    const auto share = [](std::uint64_t part, std::uint64_t whole) {
      return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    };
    console.err << fmt::format(
        "fool: screened {} images in {}: {:.1f} % were scored in float32 too, of which {:.1f} % "
        "took "
        "no cell after all\n",
        counts.items, experiment.config["evaluate"]["screening"].get<std::string>(),
        share(counts.confirmed, counts.items), share(counts.refuted, counts.confirmed));
  }

  static int explain(const Experiment& experiment, Console& console);

  ConfigFlags flags_;
  std::string out_;
  std::string resume_;
  DownloadFlags download_;
  bool dry_run_ = false;
  bool tensorboard_ = false;
  bool json_ = false;
};

// "27 h 32 min", "4 min 10 s", "8 s".
std::string long_duration(double seconds) {
  const auto whole = static_cast<long long>(std::ceil(std::min(seconds, 1e12)));
  if (whole >= 3600) return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
  if (whole >= 60) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} s", whole);
}

// The cost of a run: evaluations, and time by a probe of one block per worker.
int EvolveCommand::explain(const Experiment& x, Console& console) {
  std::vector<ItemPtr> probe;
  const int items = x.evaluator->block() * x.evaluator->workers();
  for (int i = 0; i < items; ++i) {
    Item item;
    item.genome = x.encoding->random({x.config.at("seed"), 0, static_cast<std::uint32_t>(i)});
    probe.push_back(std::make_shared<const Item>(std::move(item)));
  }
  x.evaluator->evaluate(probe);  // the first pass allocates
  StageTimes timed;
  {
    const ScopedStage stage(timed, Stage::kForward);
    x.evaluator->evaluate(probe);
  }
  const double rate = items / timed[Stage::kForward];
  Json summary{{"config", x.config},
               {"evaluations_per_second", rate},
               {"workers", x.evaluator->workers()},
               {"renderer", x.evaluator->renderer_name()}};
  // At most; how soon a median is reached nobody knows.
  const Budget budget = budget_of(x.config);
  const int last = x.config.at("generations");
  double evaluations = budget.equivalents > 0 ? static_cast<double>(budget.equivalents)
                                              : std::numeric_limits<double>::infinity();
  if (last < kMostGenerations) {
    evaluations = std::min(evaluations, static_cast<double>(x.search->equivalents_after(last)));
  }
  if (budget.seconds > 0) evaluations = std::min(evaluations, std::floor(budget.seconds * rate));
  if (std::isfinite(evaluations)) {
    summary["evaluations"] = static_cast<std::uint64_t>(evaluations);
    summary["seconds"] = evaluations / rate;
    summary["time"] = long_duration(evaluations / rate);
  }
  console.out << summary.dump(2) << "\n";
  return 0;
}

FOOL_REGISTER_COMMAND("evolve", EvolveCommand,
                      "Search for images that the network labels with near certainty");

}  // namespace
}  // namespace fool
