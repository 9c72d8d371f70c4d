// fool tune: the block and the number of workers with which a run is fastest on this machine, as a
// configuration file.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <optional>
#include <ostream>
#include <set>

#include "app/command.h"
#include "app/config_flags.h"
#include "app/grown_genomes.h"
#include "app/measurement.h"
#include "app/option_checks.h"
#include "app/run_config.h"
#include "app/tournament.h"
#include "fool/classify/device.h"
#include "fool/core/config.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/report/progress.h"

namespace fool {
namespace {

// Settings that are this near to the best are as good, and what is configured, or takes fewer
// threads, is kept.
constexpr double kAsGood = 0.98;

// The setting that says how many images a forward pass takes, where they are scored.
const char* block_key(const Json& evaluate) {
  return parse_devices(evaluate.at("device")).front().is_cuda ? "device_block" : "block";
}

// Settings of the section "evaluate", and how fast they were.
struct Candidate {
  Json evaluate;
  double rate = 0;
  int turns = 0;
  bool dropped = false;

  std::string engine() const { return evaluate.at("engine"); }
  int block() const { return evaluate.at(block_key(evaluate)); }
  int workers() const { return evaluate.at("workers"); }
};

// Sizes of blocks that are worth a try: on the processor's cores, not much of the last round of
// blocks may go to waste.
std::vector<int> blocks_for(int items, int workers, bool on_device) {
  std::vector<int> blocks;
  for (const int block : {4, 8, 10, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 200, 256, 400, 512}) {
    const int all = (items + block - 1) / block;       // of a generation
    const int rounds = (all + workers - 1) / workers;  // until the last worker is done
    const int room = on_device ? all * block : rounds * workers * block;
    if (4 * room <= 5 * items) blocks.push_back(block);
  }
  return blocks;
}

class TuneCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    flags_.declare_experiment(app, "What to run");
    flags_.declare_files(app, "Configuration");
    app.add_option("--out", out_, "The configuration to write [tuned.json]")->type_name("FILE");
    app.add_flag("--force", force_, "Replace a file that is already there");
    app.add_option("--blocks", blocks_, "Blocks to try [a dozen that suit the batch size]")
        ->type_name("N,N,...")
        ->delimiter(',')
        ->check(from_to(1, 65536));
    app.add_option("--rounds", rounds_, "Turns of those that are never far behind [5]")
        ->type_name("N")
        ->check(from_to(1, 1000));
    app.add_option("--seconds", seconds_, "Length of a turn at least; a generation at least [1]")
        ->type_name("S")
        ->check(number_from_to(0.01, 1e4));
    app.add_option("--grown", grown_, "Draw genomes that were varied so many times before [100]")
        ->type_name("N")
        ->check(from_to(0, 100000));
    app.add_option("--progress", progress_, "Progress on stderr")
        ->type_name("auto|bar|plain|json|off");
    app.add_flag("--json", json_, "Print JSON");
    app.footer(
        R"(Whole generations are run with every candidate in turns, the same ones with each; candidates that fall behind
drop out. First what runs the network is chosen, then the block, on all workers, then the number of workers.
Within 2 % of the best, what is configured and fewer workers win.
Engine and block are part of the experiment: another one can change the last bits of confidences, and with
them the course of a run. The number of workers never changes a result.
Example: fool tune --dataset imagenet --out tuned.json && fool evolve --config tuned.json)");
  }

  int run(Console& console) override {
    refuse_to_replace();
    config_ = flags_.resolve();
    progress_options_.facts = stderr_facts();
    progress_options_.style = progress_style(progress_, progress_options_.facts.terminal);
    progress_options_.unit = "turns";

    const Json usual = begin();
    const Json with_engine = choose("engines", engines(usual), {0}, console);
    const Json with_block = choose("blocks", blocks(with_engine), {0}, console);
    const std::vector<Json> workers = numbers_of_workers(with_block);
    std::vector<int> fewer_first(workers.size());
    std::iota(fewer_first.rbegin(), fewer_first.rend(), 0);
    const Json best = choose("workers", workers, fewer_first, console);

    const Candidate& chosen = find(best);
    refuse_to_replace();  // somebody else may have been faster
    write_file(out_, configuration(chosen, find(usual)));
    if (json_) {
      print_json(chosen, console);
    } else {
      print(chosen, find(usual), console);
    }
    return 0;
  }

 private:
  void refuse_to_replace() const {
    std::error_code ignored;
    if (force_ || !std::filesystem::exists(out_, ignored)) return;
    fail(ErrorKind::kIo, "{} is already there; choose another --out, or --force to replace it",
         out_);
  }

  // Makes an archive of grown genomes, where every turn begins, and finds how many generations make
  // a turn of the wanted length. Returns the configured settings with the number of workers that
  // they stand for.
  Json begin() {
    constexpr int kGenomes = 64;  // different ones
    Experiment x = assemble(config_);
    MeasuredRun run(x, grown_genomes(*x.encoding, config_["seed"], grown_, kGenomes, *x.pool));
    start_.emplace(run.state());
    search_ = x.search->save_state();
    batch_size_ = x.search->size(0);
    const Stopwatch watch;
    run.advance();
    const double turns = std::ceil(seconds_ / std::max(watch.seconds(), 1e-6));
    generations_ = static_cast<int>(std::clamp(turns, 1.0, 1e6));
    model_ = x.model.name;
    Json usual = config_["evaluate"];
    usual["workers"] = x.pool->workers();
    return usual;
  }

  Experiment open(const Json& evaluate) const {
    Json config = config_;
    config["evaluate"] = evaluate;
    return assemble(config);
  }

  // Every engine that can run the network and is not another name of one before.
  std::vector<Json> engines(const Json& usual) const {
    std::vector<Json> sections{usual};
    const Parameter* engine = run_parameters("evaluate").find("engine");
    std::vector<Json> fingerprints{open(usual).fingerprint};
    for (const std::string& name : engine->choices) {
      Json section = usual;
      section["engine"] = name;
      try {
        Json fingerprint = open(section).fingerprint;
        if (std::find(fingerprints.begin(), fingerprints.end(), fingerprint) != fingerprints.end())
          continue;
        fingerprints.push_back(std::move(fingerprint));
        sections.push_back(section);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::kConfig) throw;  // one that does not know this network
      }
    }
    return sections;
  }

  std::vector<Json> blocks(const Json& first) const {
    const std::string key = block_key(first);
    std::vector<int> sizes = blocks_;
    if (sizes.empty()) sizes = blocks_for(batch_size_, first.at("workers"), key != "block");
    std::vector<Json> sections{first};
    for (const int block : std::set<int>(sizes.begin(), sizes.end())) {
      if (block == first[key]) continue;
      sections.push_back(first);
      sections.back()[key] = block;
    }
    return sections;
  }

  // Halves of the first, as long as every device has one.
  static std::vector<Json> numbers_of_workers(const Json& first) {
    const auto devices = parse_devices(first.at("device")).size();
    std::vector<Json> sections{first};
    for (int workers = first.at("workers").get<int>() / 2; workers >= static_cast<int>(devices);
         workers /= 2) {
      sections.push_back(first);
      sections.back()["workers"] = workers;
    }
    return sections;
  }

  // Images per second of whole generations.
  double measure(const Json& evaluate) const {
    Experiment x = open(evaluate);
    EvolutionState state = *start_;
    x.search->load_state(search_);
    // The first pass of every worker allocates.
    std::vector<ItemPtr> some = state.archive.champions();
    some.resize(static_cast<std::size_t>(x.block * x.pool->workers()), some.front());
    x.evaluator->evaluate(some, stop_if_interrupted);
    if (x.fast_evaluator != nullptr) x.fast_evaluator->evaluate(some, stop_if_interrupted);
    StageTimes own;
    const Stopwatch watch;
    for (int g = 0; g < generations_; ++g) advance(x, state, own, stop_if_interrupted);
    return static_cast<double>(state.evaluations - start_->evaluations) / watch.seconds();
  }

  // The best of these sections, or the first in `preferred` that is as good. The others are
  // compared with the first section.
  Json choose(const char* what, const std::vector<Json>& sections,
              const std::vector<int>& preferred, Console& console) {
    const int count = static_cast<int>(sections.size());
    if (count == 1 && !all_.empty()) return sections.front();
    TournamentRules rules;
    rules.rounds = rounds_;
    rules.reference = 0;
    Progress progress(fmt::format("tune {}", what), static_cast<std::uint64_t>(count * rounds_),
                      console.err, progress_options_);
    std::uint64_t done = 0;
    const auto contestants = hold_tournament(
        count, rules,
        [&](int i) {
          const double rate = measure(sections[static_cast<std::size_t>(i)]);
          progress.update(++done, fmt::format("{} images/s", rate_text(rate)));
          return rate;
        },
        [&](int turns) { progress.update(done += static_cast<std::uint64_t>(turns)); });
    progress.finish();
    for (int i = 0; i < count; ++i) {
      const Contestant& contestant = contestants[static_cast<std::size_t>(i)];
      add({sections[static_cast<std::size_t>(i)], contestant.median_rate(),
           static_cast<int>(contestant.rates.size()), contestant.dropped});
    }
    return sections[static_cast<std::size_t>(winner(contestants, preferred, kAsGood))];
  }

  // Settings that were measured before keep the figures of more turns.
  void add(Candidate candidate) {
    for (Candidate& other : all_) {
      if (other.evaluate != candidate.evaluate) continue;
      if (candidate.turns > other.turns) other = std::move(candidate);
      return;
    }
    all_.push_back(std::move(candidate));
  }

  const Candidate& find(const Json& evaluate) const {
    return *std::find_if(all_.begin(), all_.end(),
                         [&](const Candidate& c) { return c.evaluate == evaluate; });
  }

  // The file, with a remark on every choice.
  std::string configuration(const Candidate& chosen, const Candidate& usual) const {
    // Where and how it was measured.
    std::string how;
    for (const char* key : {"device", "engine", "precision", "screening"}) {
      if (chosen.evaluate[key] == run_parameters("evaluate").find(key)->default_value) continue;
      how += fmt::format("    \"{}\": {},\n", key, chosen.evaluate[key].dump());
    }
    return fmt::format(
        "{{\n"
        "  // Found by fool tune for {} on this machine: {} images/s, {:.2f} times those of block "
        "{}\n"
        "  // with {} workers. {}.\n"
        "  \"dataset\": {},\n"
        "  \"model\": {},\n"
        "  \"encoding\": {{\"type\": {}}},\n"
        "  \"evaluate\": {{\n"
        "    // Part of the experiment: another value can change last bits, and so the course of a "
        "run.\n"
        "{}"
        "    \"{}\": {},\n"
        "    // Never changes a result.\n"
        "    \"workers\": {}\n"
        "  }}\n"
        "}}\n",
        one_line(model_), rate_text(chosen.rate), chosen.rate / usual.rate, usual.block(),
        usual.workers(), one_line(numeric_library()), config_["dataset"].dump(),
        config_["model"].dump(), config_["encoding"]["type"].dump(), how,
        block_key(chosen.evaluate), chosen.block(), chosen.workers());
  }

  // For a comment.
  static std::string one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
  }

  void print_json(const Candidate& chosen, Console& console) const {
    Json tried = Json::array();
    for (const Candidate& c : all_) tried.push_back(to_json(c));
    Json result = to_json(chosen);
    result["file"] = out_;
    result["model"] = model_;
    result["tried"] = tried;
    console.out << result.dump(2) << "\n";
  }

  static Json to_json(const Candidate& c) {
    return {{"engine", c.engine()}, {"block", c.block()}, {"workers", c.workers()},
            {"per_second", c.rate}, {"turns", c.turns},   {"dropped", c.dropped}};
  }

  void print(const Candidate& chosen, const Candidate& usual, Console& console) const {
    console.out << "engine    block  workers    images/s  of configured  turns\n";
    for (const Candidate& c : all_) {
      console.out << fmt::format("{:<8}  {:>5}  {:>7}  {:>10}  {:>13.3f}  {:>5}{}{}\n", c.engine(),
                                 c.block(), c.workers(), rate_text(c.rate), c.rate / usual.rate,
                                 c.turns, c.dropped ? "  dropped" : "",
                                 &c == &chosen ? "  chosen" : "");
    }
    console.out << "\n" << out_ << "\n";
  }

  ConfigFlags flags_;
  std::string out_ = "tuned.json";
  bool force_ = false;
  std::vector<int> blocks_;
  int rounds_ = 5;
  double seconds_ = 1;
  int grown_ = 100;
  std::string progress_ = "auto";
  bool json_ = false;

  Json config_;
  std::string model_;
  ProgressOptions progress_options_;
  std::optional<EvolutionState> start_;
  Json search_;          // its state then
  int batch_size_ = 0;   // items of a generation
  int generations_ = 1;  // of a turn
  std::vector<Candidate> all_;
};

FOOL_REGISTER_COMMAND("tune", TuneCommand,
                      "Find the block and workers that are fastest on this machine");

}  // namespace
}  // namespace fool
