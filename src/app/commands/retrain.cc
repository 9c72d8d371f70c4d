// fool retrain: networks that learn from what fooled the ones before, round by round.
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <ostream>

#include "app/command.h"
#include "app/config_flags.h"
#include "app/experiment.h"
#include "app/fine_tuning.h"
#include "app/interrupt.h"
#include "app/option_checks.h"
#include "app/provide_model.h"
#include "app/retraining.h"
#include "app/run_config.h"
#include "fool/core/config.h"
#include "fool/core/error.h"
#include "fool/core/version.h"
#include "fool/data/resize.h"
#include "fool/report/progress.h"
#include "fool/report/run_folder.h"
#include "fool/study/statistics.h"
#include "report/common.h"

namespace fool {
namespace {

class RetrainCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    const std::string experiment = "What to run";
    app.add_option("--dataset", dataset_,
                   "What the networks learn: mnist, or a folder of labelled photos for one network "
                   "that is there already [mnist]")
        ->type_name("mnist|FOLDER")
        ->group(experiment);
    app.add_option(
           "--model", model_,
           "The first network, instead of training it; with photos, the network that learns "
           "on: a card, a weights file or a name")
        ->type_name("MODEL")
        ->group(experiment);
    flags_.declare(app, "--data", "retrain.data",
                   "Folder of the data set [its name below a folder of FOOL_DATA_PATH]", "FOLDER",
                   experiment);
    app.add_option("--scale", scale_,
                   "Size of it all: minutes, some minutes more, or the paper's numbers [hour]")
        ->type_name(fmt::format("{}", fmt::join(retrain_scales(), "|")))
        ->group(experiment);
    flags_.declare(app, "--rounds", "retrain.rounds", "Networks in all, the first one included",
                   "N", experiment);
    flags_.declare(app, "--runs", "retrain.runs",
                   "Runs of evolution against each, whose confidences count", "N", experiment);
    flags_.declare(app, "--first-images", "retrain.first_images",
                   "Images that the first round adds to the fooling class, 20 a run", "N",
                   experiment);
    flags_.declare(app, "--images", "retrain.images", "The same of every later round", "N",
                   experiment);
    flags_.declare(app, "--generations", "generations", "Batches of children of a run", "N",
                   experiment);
    flags_.declare(app, "--encoding", "encoding.type", "What a genome is [cppn]", "ENCODING",
                   experiment);
    flags_.declare(app, "--search", "search.type", "How genomes are searched [map-elites]",
                   "SEARCH", experiment);
    declare_learning(app, "--seed", "seed", "Same seed and settings, same result [1]", "N");
    declare_learning(app, "--epochs", "epochs", "Passes over the training images", "N");
    declare_learning(app, "--batch-size", "batch_size", "Images that a step learns from", "N");
    declare_learning(app, "--learning-rate", "learning_rate", "The highest learning rate", "X");
    declare_photos(app);
    flags_.declare_files(app, "Configuration");

    const std::string running = "Running";
    flags_.declare(app, "--workers", "evaluate.workers",
                   "Threads; 0 = one per core. Never changes a result", "N", running);
    app.add_option("--out", out_, "Folder of the results [runs/DATASET-retrain-seedN]")
        ->type_name("DIR")
        ->group(running);
    app.add_option("--resume", resume_, "Do what is left in this folder; --rounds may be others")
        ->type_name("DIR")
        ->group(running);
    flags_.declare(app, "--progress", "report.console.progress", "Progress on stderr",
                   "auto|bar|plain|json|off", running);
    app.add_flag("--json", json_, "Print the table as JSON")->group(running);
    app.footer(
        R"(Trains a network on n classes, evolves images that fool it, trains the next one on the enlarged set with these
images as class n + 1, and so on (paper, section 3.6). Evolution aims at the n real classes only. Written are
rounds.csv, confidences.csv, and for each round the network, its fooling images, and the champions of one run. An
interrupted one (Ctrl-C) keeps every network and every run that is complete, and --resume does the rest.
Examples:
  fool retrain --dataset mnist --scale smoke --out runs/retrain
  fool retrain --dataset mnist --rounds 3 --runs 10 --first-images 1000 --images 200
  fool retrain --scale paper --model lenet-mnist --out runs/retrain-paper
  fool retrain --resume runs/retrain-paper --rounds 20
  fool evolve --dataset mnist --model runs/retrain/round_02/dnn_02.json
  fool retrain --dataset photos --model squeezenet1_1 --fooling runs/imagenet --layers last --out runs/tuned
  fool evolve --dataset imagenet --model runs/tuned/squeezenet1_1-fooling.json)");
  }

  int run(Console& console) override {
    if (!resume_.empty()) return resume(console);
    return dataset_ == "mnist" ? start(console) : fine_tune(console);
  }

 private:
  void declare_learning(CLI::App& app, const std::string& flag, const std::string& key,
                        const std::string& help, const std::string& type_name) {
    app.add_option_function<std::string>(
           flag, [this, key](const std::string& text) { learning_[key] = text; }, help)
        ->type_name(type_name)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->group("What to run");
  }

  void declare_photos(CLI::App& app) {
    const std::string photos = "With a folder of photos";
    app.add_option("--fooling", fooling_,
                   "What fooled the network: runs' folders, or folders of pictures")
        ->type_name("RUN_OR_FOLDER")
        ->group(photos);
    app.add_option("--layers", layers_, "What learns: the last layer, or all of them [last]")
        ->type_name("last|all")
        ->group(photos);
    app.add_option("--held-out", held_out_,
                   "Share of photos and fooling images to test with, not to learn from [0.2]")
        ->type_name("X")
        ->check(number_from_to(0.01, 0.9))
        ->group(photos);
    app.add_option("--rule", rule_, "How photos are made to fit [whole_photo_resized]")
        ->type_name(fmt::format("{}", fmt::join(PhotoRule::names(), "|")))
        ->group(photos);
  }

  int start(Console& console) {
    if (!fooling_.empty() || !layers_.empty() || !rule_.empty()) {
      fail(ErrorKind::kUsage,
           "--fooling, --layers and --rule go with a folder of photos; --dataset mnist evolves its "
           "own fooling images");
    }
    flags_.set("dataset", dataset_);
    if (!model_.empty()) flags_.set("retrain.first_model", model_);
    for (const auto& [key, text] : learning_) {
      flags_.set(key == "seed" ? key : "train." + key, text);
    }
    Json config = flags_.resolve_over(retrain_scale_file(scale_.empty() ? "hour" : scale_));
    keep_paths_absolute(config["retrain"]);
    require_plain_scoring(config);
    const auto train = open(config, "train");
    const auto test = open(config, "test");
    const std::string first_model = config["retrain"]["first_model"];
    RunRecord record;
    if (!first_model.empty()) {
      const ModelSpec model = provide_model(first_model, Thoroughness::kMissing, {}, console);
      record.model = model.name;
      record.card = model.card;
      record.weights_sha256 = model.sha256;
    }
    if (interrupt_signal() != 0) throw Interrupted{};
    std::filesystem::path path = out_;
    if (path.empty()) path = default_run_folder("runs", {dataset_, "retrain"}, config["seed"]);
    const RunFolder folder = RunFolder::create(path);
    record.command = console.arguments;
    record.started = utc_now();
    record.host = host_facts();
    record.config = config;
    record.fingerprint = fingerprint(config);
    return work(folder, record, *train, *test, console);
  }

  int resume(Console& console) {
    if (!out_.empty() || !scale_.empty() || !model_.empty() || !learning_.empty() ||
        !fooling_.empty() || !layers_.empty() || !rule_.empty() || dataset_ != "mnist" ||
        flags_.any_file()) {
      refuse_settings();
    }
    for (const std::string& key : leaf_keys(flags_.layer())) {
      if (key != "retrain.rounds" && key != "evaluate.workers" && key != "report.console.progress")
        refuse_settings();
    }
    const RunFolder folder = RunFolder::resume(resume_);
    RunRecord record = read_run_record(resume_);
    if (!record.config.contains("retrain")) {
      fail(ErrorKind::kUsage, "--resume: {} was not made by fool retrain", resume_);
    }
    record.config = resolve_saved_config(record.config, flags_.layer());
    const Json now = fingerprint(record.config);
    for (const auto& [key, value] : record.fingerprint.items()) {
      if (now.value(key, Json()) == value) continue;
      fail(ErrorKind::kConfig,
           "--resume: {} is not what the rounds were made with, so the results would mix: it was "
           "{}, now it is {}",
           key, value.dump(), now.value(key, Json()).dump());
    }
    const auto train = open(record.config, "train");
    const auto test = open(record.config, "test");
    return work(folder, record, *train, *test, console);
  }

  [[noreturn]] static void refuse_settings() {
    fail(ErrorKind::kUsage,
         "--resume takes its settings from the folder; only --rounds, --workers, --progress and "
         "--json go with it");
  }

  // Files are found again wherever the work is resumed from.
  static void keep_paths_absolute(Json& section) {
    for (const char* key : {"first_model", "data"}) {
      const std::string path = section.at(key);
      if (!path.empty() && std::filesystem::exists(path)) {
        section[key] = std::filesystem::absolute(path).string();
      }
    }
  }

  // Settings of a run that evolution against one small network after the other has no use for.
  static void require_plain_scoring(const Json& config) {
    const Json plain{{"evaluate", {{"device", "cpu"}, {"screening", "off"}}},
                     {"image", {{"crops", 1}, {"size", 0}, {"transforms", ""}}}};
    for (const auto& [section, settings] : plain.items()) {
      for (const auto& [key, value] : settings.items()) {
        const Json& found = config.at(section).at(key);
        if (found == value) continue;
        fail(ErrorKind::kConfig,
             "{}.{}: fool retrain draws images in the networks' own size and scores them as they "
             "are, on the processor's cores; expected {}, found {}",
             section, key, value.dump(), found.dump());
      }
    }
  }

  static std::unique_ptr<Dataset> open(const Json& config, const std::string& split) {
    const auto& registry = DatasetRegistry::instance();
    return registry.make(registry.resolve({{"type", config.at("dataset")},
                                           {"path", config.at("retrain").at("data")},
                                           {"split", split}},
                                          "dataset"));
  }

  // What can change the last bits of the result, but for the number of rounds.
  static Json fingerprint(const Json& config) {
    Json retrain = config.at("retrain");
    retrain.erase("rounds");
    Json result{{"fool", kVersion}, {"library", numeric_library()}, {"retrain", retrain}};
    for (const char* key :
         {"dataset", "train", "encoding", "search", "image", "seed", "generations",
          "budget_evaluations", "budget_seconds", "stop_at_median"}) {
      result[key] = config.at(key);
    }
    for (const char* key : {"block", "engine", "precision"}) {
      result[key] = config.at("evaluate").at(key);
    }
    return result;
  }

  int work(const RunFolder& folder, RunRecord& record, const Dataset& train, const Dataset& test,
           Console& console) {
    record.ended = false;
    folder.write_record(record);
    const RetrainingFolder results(folder.path());
    int code = 0;
    try {
      Retraining retraining(
          record.config, train, test, results,
          {dataset_, fmt::format("fool {}", fmt::join(record.command, " ")), record.started},
          watch(record.config, console));
      report(retraining.run(), folder.path(), console);
    } catch (const Interrupted&) {
      progress_.reset();
      console.err << fmt::format(
          "fool: stopped; what is complete is kept, and fool retrain --resume {} does the rest\n",
          folder.path().string());
      code = 128 + interrupt_signal();
    }
    progress_.reset();
    record.ended = true;
    folder.write_record(record);
    return code;
  }

  // One bar for each training and for each round's evolution.
  RetrainingWatcher watch(const Json& config, Console& console) {
    RetrainingWatcher watcher;
    const int rounds = config.at("retrain").at("rounds");
    const std::string style = config.at("report").at("console").at("progress");
    const auto begin = [this, &console, rounds, style](int round, const char* what,
                                                       std::uint64_t total, const char* unit) {
      ProgressOptions options;
      options.facts = stderr_facts();
      options.style = progress_style(style, options.facts.terminal);
      options.unit = unit;
      progress_.emplace(fmt::format("round {}/{} {}", round, rounds, what), total, console.err,
                        options);
      done_ = 0;
    };
    watcher.interrupted = [] { return interrupt_signal() != 0; };
    watcher.on_training = [this, begin](int round, const TrainProgress& at) {
      if (at.step == 1) begin(round, "train", static_cast<std::uint64_t>(at.steps), "steps");
      const std::string note = fmt::format("epoch {}, loss {:.4f}", at.epoch, at.loss);
      progress_->update(static_cast<std::uint64_t>(at.step), note);
      if (at.step == at.steps) progress_->finish(note);
    };
    watcher.on_evolution = [begin](int round, std::uint64_t images) {
      begin(round, "evolve", images, "images");
    };
    watcher.on_images = [this](int images) {
      const std::lock_guard<std::mutex> lock(mutex_);
      done_ += static_cast<std::uint64_t>(images);
      progress_->update(done_);
    };
    watcher.on_round = [this](const RoundResult& result) {
      if (!progress_) return;  // all of its runs were there
      progress_->finish(fmt::format("median {}", confidence_text(median(all_confidences(result)))));
      progress_.reset();
    };
    return watcher;
  }

  void report(const std::vector<RoundResult>& results, const std::filesystem::path& path,
              Console& console) const {
    Json rows = Json::array();
    for (std::size_t i = 0; i < results.size(); ++i) {
      rows.push_back(round_row(results[i], i == 0 ? nullptr : &results[i - 1]));
    }
    if (json_) {
      console.out << Json{{"run", path.string()}, {"rounds", rows}}.dump(2) << "\n";
      return;
    }
    console.out << fmt::format("{:>5} {:>8} {:>8} {:>10} {:>10} {:>8} {:>10} {:>6} {:>8} {:>9}\n",
                               "round", "images", "fooling", "test n", "test n+1", "caught",
                               "median", ">= .99", ">= .9999", "p");
    const auto percent = [](const Json& share) {
      return share.is_null() ? "-" : fmt::format("{:.2f} %", 100 * share.get<double>());
    };
    for (const Json& row : rows) {
      console.out << fmt::format(
          "{:>5} {:>8} {:>8} {:>10} {:>10} {:>8} {:>10} {:>6.1f} {:>8.1f} {:>9}\n",
          row.at("round").get<int>(), row.at("train_images").get<int>(),
          row.at("fooling_images").get<int>(), percent(row.at("test_accuracy_n")),
          percent(row.at("test_accuracy_n1")), percent(row.at("caught_share")),
          confidence_text(row.at("median_confidence"), 6), row.at("classes_99").get<double>(),
          row.at("classes_9999").get<double>(),
          row.at("mann_whitney_p").is_null()
              ? "-"
              : fmt::format("{:.2g}", row.at("mann_whitney_p").get<double>()));
    }
    console.out << path.string() << ": rounds.csv, confidences.csv, networks and images by round\n";
  }

  int fine_tune(Console& console) {
    for (const std::string& key : leaf_keys(flags_.layer())) {
      if (key == "evaluate.workers" || key == "report.console.progress") continue;
      fail(ErrorKind::kUsage, "{} is of rounds of evolution, which go with --dataset mnist", key);
    }
    FineTuningRequest request;
    request.photos = dataset_;
    request.model = model_;
    request.fooling = fooling_;
    if (!layers_.empty()) request.layers = layers_;
    if (!rule_.empty()) request.rule = rule_;
    request.held_out = held_out_;
    request.out = out_;
    request.json = json_;
    for (const auto& [key, text] : learning_) set_config(request.settings, key, text);
    const Json running = flags_.resolve();
    request.workers = worker_count(running.at("evaluate"));
    request.progress = running.at("report").at("console").at("progress");
    return fine_tune_network(request, console);
  }

  ConfigFlags flags_;
  std::string dataset_ = "mnist";
  std::string model_;
  std::map<std::string, std::string> learning_;  // key -> as typed
  std::vector<std::string> fooling_;
  std::string layers_;
  std::string rule_;
  double held_out_ = 0.2;
  std::string scale_;
  std::string out_;
  std::string resume_;
  bool json_ = false;
  std::mutex mutex_;  // of the progress while images are evolved
  std::optional<Progress> progress_;
  std::uint64_t done_ = 0;
};

FOOL_REGISTER_COMMAND("retrain", RetrainCommand,
                      "Train networks that know fooling images as a class, and fool them again");

}  // namespace
}  // namespace fool
