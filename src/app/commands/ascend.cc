// fool ascend: gradient ascent to images of which a network is sure, as in the paper's section on
// it and as it is done today.
#include <algorithm>
#include <filesystem>
#include <mutex>
#include <ostream>

#include "app/ascent_folder.h"
#include "app/ascent_plan.h"
#include "app/command.h"
#include "app/config_flags.h"
#include "app/experiment.h"
#include "app/interrupt.h"
#include "app/model_list.h"
#include "app/option_checks.h"
#include "app/provide_model.h"
#include "fool/ascend/ascent.h"
#include "fool/core/config.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/version.h"
#include "fool/data/image_file.h"
#include "fool/data/resize.h"
#include "fool/model/recognise.h"
#include "fool/report/progress.h"
#include "fool/report/run_folder.h"
#include "report/common.h"

namespace fool {
namespace {

// The mean colour of the card in levels of 0..255, RGB or grey.
std::vector<float> mean_levels(const InputSpec& input) {
  std::vector<float> levels;
  for (const float mean : input.mean) levels.push_back(mean / input.scale);
  if (input.channels == ChannelOrder::kBgr) std::reverse(levels.begin(), levels.end());
  return levels;
}

class AscendCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    const std::string experiment = "What to run";
    flags_.declare(app, "--dataset", "dataset", "Sets the default of the model [mnist]",
                   "mnist|imagenet", experiment);
    flags_.declare(app, "--model", "model",
                   "Network: a card (.json), a weights file, or a name; or several: a,b,c", "MODEL",
                   experiment);
    flags_.declare(app, "--ensemble", "ensemble",
                   "What counts of several networks: their mean confidence, or the smallest [mean]",
                   "mean|min", experiment);
    app.add_option(
           "--classes", classes_,
           "Classes: all, the paper's 20 of ImageNet, or numbers and ranges [all; published "
           "of 1000]")
        ->type_name("all|published|0,3,5-7")
        ->check(not_empty())
        ->group(experiment);
    app.add_option("--starts", starts_, "Images for each class, from as many starts [1]")
        ->type_name("N")
        ->check(at_least(1))
        ->group(experiment);
    app.add_option(
           "--setting", setting_,
           "The paper's four settings, modern, or files (.json); several with commas between "
           "them [none]")
        ->type_name("none|l2|blur|clip|modern")
        ->check(not_empty())
        ->group(experiment);
    flags_.declare(app, "--iterations", "ascend.iterations",
                   "Images scored on the way, the first one included", "N", experiment);
    flags_.declare(app, "--objective", "ascend.objective", "What climbs",
                   "probability|log_probability|logit", experiment);
    app.add_option("--start", start_,
                   "The first image: mean_noise, uniform, zero, grey, or a picture's file")
        ->type_name("START")
        ->group(experiment);
    flags_.declare(app, "--stop-at", "ascend.stop_at",
                   "Confidence at which an image stops climbing; 0 = never", "X", experiment);
    flags_.declare(app, "--transforms", "image.transforms",
                   "Copies scored with every image, with commas between them: jpeg, mirror, shift",
                   "NAMES", experiment);
    flags_.declare(app, "--seed", "seed", "Same seed and settings, same result [1]", "N",
                   experiment);
    flags_.declare(app, "--block", "evaluate.block",
                   "Images that climb together (part of the experiment) [4]", "N", experiment);
    flags_.declare(app, "--device", "evaluate.device",
                   "What runs the network: cpu, cuda or cuda:N (part of the experiment) [cpu]",
                   "DEVICE", experiment);
    flags_.declare_files(app, "Configuration");

    const std::string running = "Running";
    flags_.declare(app, "--workers", "evaluate.workers",
                   "Threads; 0 = one per core. Never changes a result", "N", running);
    app.add_option("--out", out_, "Folder of the run [runs/DATASET-ascend-MODEL-seedN]")
        ->type_name("DIR")
        ->group(running);
    app.add_option("--resume", resume_, "Do what is left of the run in this folder")
        ->type_name("DIR")
        ->group(running);
    flags_.declare(app, "--progress", "report.console.progress", "Progress on stderr",
                   "auto|bar|plain|json|off", running);
    app.add_flag("--offline", download_.offline,
                 "Fetch nothing: weights that are not here are an error [FOOL_OFFLINE]")
        ->group(running);
    app.add_flag("--json", json_, "Print the summary as JSON instead of a table")->group(running);
    app.footer(
        R"(Follows the gradient of a network's output from a start to an 8-bit image that it is sure of. The
image that is kept is the surest on the way. The paper's four settings are configs/ascend_NAME.json;
fool describe ascend lists what they can say. An interrupted run (Ctrl-C) keeps what it has,
and --resume does the rest.
Examples:
  fool ascend --dataset mnist --out runs/digits
  fool ascend --dataset imagenet --classes 200,207 --starts 5 --setting l2
  fool ascend --dataset imagenet --classes published --starts 5 --setting none,l2,blur,clip
  fool ascend --dataset imagenet --setting modern --set ascend.jitter=16)");
  }

  int run(Console& console) override { return resume_.empty() ? start(console) : resume(console); }

 private:
  struct Plan {
    std::vector<std::string> names;  // of the settings
    std::vector<Json> sections;      // "ascend", of each setting
    std::vector<AscentSettings> settings;
    std::vector<AscentTask> tasks;
    Json config;  // all but the sections "ascend"; "model" is a name or an absolute path
  };

  // What is run and where it is kept.
  struct Run {
    Plan plan;
    ModelSpec model;
    std::unique_ptr<Classifier> network;
    AscentContext context;
    std::vector<AscentBlock> blocks;
    std::filesystem::path folder;
    RunRecord record;
  };

  int start(Console& console) {
    choose_start();
    Plan plan;
    const int starts = starts_ == 0 ? 1 : starts_;
    for (const NamedAscent& setting : parse_settings(setting_.empty() ? "none" : setting_)) {
      plan.config = flags_.resolve_over(setting.file);
      Json& section = plan.config.at("ascend");
      const std::string picture = section.at("start_image");
      if (!picture.empty()) section["start_image"] = std::filesystem::absolute(picture).string();
      add_setting(plan, setting.name, section);
      require_different_starts(starts, setting.name, plan.settings.back());
    }
    for (const char* key : {"ascend", "encoding", "search"}) plan.config.erase(key);
    const Json console_settings = plan.config.at("report").at("console");
    plan.config["report"] = {{"console", console_settings}};
    plan.config["model"] = with_absolute_files(plan.config.at("model"));
    Run run = prepare(std::move(plan), console);
    const int classes = run.network->info().classes;
    run.plan.tasks =
        plan_tasks(parse_classes(classes_.empty() ? default_classes(classes) : classes_, classes,
                                 run.model.name),
                   starts);
    plan_blocks(run);
    if (interrupt_signal() != 0) throw Interrupted{};
    run.folder = out_;
    if (run.folder.empty()) {
      run.folder =
          default_run_folder("runs", {run.plan.config.at("dataset"), "ascend", run.model.name},
                             run.plan.config.at("seed"));
    }
    const RunFolder folder = RunFolder::create(run.folder);
    run.record = make_record(run, starts, console);
    folder.write_record(run.record);
    AscentFolder results = open_results(run);
    results.begin();
    return finish(run, folder, results, console);
  }

  int resume(Console& console) {
    if (!classes_.empty() || !setting_.empty() || !start_.empty() || !out_.empty() ||
        starts_ != 0 || flags_.any_file()) {
      refuse_settings();
    }
    const Json flags = flags_.layer();
    for (const std::string& key : leaf_keys(flags)) {
      if (key != "evaluate.workers" && key != "report.console.progress") refuse_settings();
    }
    const RunFolder folder = RunFolder::resume(resume_);
    RunRecord record = read_run_record(resume_);
    if (!record.config.contains("ascend")) {
      fail(ErrorKind::kUsage, "--resume: {} was not made by fool ascend", resume_);
    }
    Plan plan;
    plan.config = record.config;
    merge_config(plan.config, flags);
    const Json ascend = plan.config.at("ascend");
    plan.config.erase("ascend");
    for (const auto& [name, section] : ascend.at("settings").items()) {
      add_setting(plan, name, ascend_parameters().resolve(section, "ascend"));
    }
    plan.tasks = plan_tasks(ascend.at("classes").get<std::vector<int>>(), ascend.at("starts"));
    Run run = prepare(std::move(plan), console);
    plan_blocks(run);
    run.folder = resume_;
    run.record = record;
    const Json now = fingerprint(run);
    for (const auto& [key, value] : record.fingerprint.items()) {
      if (now.value(key, Json()) == value) continue;
      fail(ErrorKind::kConfig,
           "--resume: {} is not what the run was made with, so the results would mix: it was {}, "
           "now it is {}",
           key, value.dump(), now.value(key, Json()).dump());
    }
    run.record.ended = false;
    folder.write_record(run.record);
    AscentFolder results = open_results(run);
    run.blocks = results.resume(run.blocks);
    return finish(run, folder, results, console);
  }

  [[noreturn]] static void refuse_settings() {
    fail(ErrorKind::kUsage,
         "--resume takes its settings from the run; only --workers, --progress, --offline and "
         "--json go with it");
  }

  static void add_setting(Plan& plan, const std::string& name, const Json& section) {
    plan.names.push_back(name);
    plan.sections.push_back(section);
    plan.settings.push_back(to_ascent_settings(section));
  }

  // The network, and all that does not depend on the classes.
  Run prepare(Plan plan, Console& console) {
    Run run;
    const Json& config = plan.config;
    const Json& evaluate = config.at("evaluate");
    download_.progress = config.at("report").at("console").at("progress");
    for (const std::string& model : model_list(config.at("model"))) {
      provide_model(model, Thoroughness::kMissing, download_, console);
    }
    const std::vector<ModelSpec> models = find_models(config);
    run.model = joint_model(models, config);
    run.network = open_scorer(
        models, config, {evaluate.at("engine"), evaluate.at("device"), evaluate.at("precision")});
    expect_gradients(*run.network);
    for (const ModelSpec& model : models) {
      const std::string warning = warning_of_guess(model);
      if (!warning.empty()) console.err << "fool: " << warning << "\n";
    }
    run.context.settings = plan.settings;
    run.context.mean = mean_levels(run.model.input);
    run.context.seed = config.at("seed");
    if (const std::string picture = start_picture(plan); !picture.empty()) {
      run.context.start_image =
          PhotoRule::whole_photo_resized().apply(read_image(picture)[0], run.network->info().shape);
    }
    run.plan = std::move(plan);
    return run;
  }

  static void plan_blocks(Run& run) {
    run.blocks = plan_ascent(static_cast<int>(run.plan.names.size()), run.plan.tasks,
                             run.plan.config.at("evaluate").at("block"));
  }

  // A word of the table, or a file.
  void choose_start() {
    if (start_.empty()) return;
    const std::vector<std::string>& kinds = ascend_parameters().find("start")->choices;
    if (start_ != "image" && std::find(kinds.begin(), kinds.end(), start_) != kinds.end()) {
      flags_.set("ascend.start", start_);
      return;
    }
    if (!std::filesystem::is_regular_file(start_)) {
      fail(ErrorKind::kUsage,
           "--start: there is no file \"{}\"{}; expected mean_noise, uniform, zero, grey, or a "
           "picture",
           start_, did_you_mean(start_, kinds));
    }
    flags_.set("ascend.start", "image");
    flags_.set("ascend.start_image", std::filesystem::absolute(start_).string());
  }

  static void require_different_starts(int starts, const std::string& name,
                                       const AscentSettings& settings) {
    if (starts == 1 || settings.starts_differ()) return;
    fail(ErrorKind::kUsage,
         "--starts: all {} starts of the setting {} would be the same image; take --starts 1, or "
         "--start mean_noise or uniform",
         starts, name);
  }

  // The file of the image that ascents begin with; empty if none does.
  static std::string start_picture(const Plan& plan) {
    std::string path;
    for (std::size_t s = 0; s < plan.settings.size(); ++s) {
      if (plan.settings[s].start != AscentStart::kImage) continue;
      const std::string wanted = plan.sections[s].at("start_image");
      if (wanted.empty()) {
        fail(ErrorKind::kConfig,
             "ascend.start_image: expected a picture's file for ascend.start = image");
      }
      if (!path.empty() && wanted != path) {
        fail(ErrorKind::kConfig, "ascend.start_image: one picture a run, found {} and {}", path,
             wanted);
      }
      path = wanted;
    }
    return path;
  }

  static RunRecord make_record(const Run& run, int starts, const Console& console) {
    RunRecord record;
    record.command = console.arguments;
    record.started = utc_now();
    record.host = host_facts();
    record.model = run.model.name;
    record.card = run.model.card;
    record.weights_sha256 = run.model.sha256.empty() && !run.model.weights.empty()
                                ? sha256_file(run.model.weights)
                                : run.model.sha256;
    record.config = run.plan.config;
    std::vector<int> classes;
    for (const AscentTask& task : run.plan.tasks) {
      if (task.start == 0) classes.push_back(task.class_index);
    }
    record.config["ascend"] = {
        {"classes", classes}, {"starts", starts}, {"settings", settings_by_name(run.plan)}};
    record.fingerprint = fingerprint(run);
    return record;
  }

  static Json settings_by_name(const Plan& plan) {
    Json settings = Json::object();
    for (std::size_t s = 0; s < plan.names.size(); ++s) settings[plan.names[s]] = plan.sections[s];
    return settings;
  }

  // What can change the last bits of the result.
  static Json fingerprint(const Run& run) {
    const std::string picture = start_picture(run.plan);
    return {{"fool", kVersion},
            {"classifier", run.network->info().fingerprint},
            {"ascend", settings_by_name(run.plan)},
            {"start_image", picture.empty() ? "" : sha256_file(picture)},
            {"image", run.plan.config.at("image")},
            {"block", run.plan.config.at("evaluate").at("block")},
            {"seed", run.plan.config.at("seed")}};
  }

  static AscentFolder open_results(const Run& run) {
    const Json& config = run.plan.config;
    const Json& evaluate = config.at("evaluate");
    const Json scoring{
        {"model", config.at("model")},
        {"ensemble", config.value("ensemble", "mean")},
        {"weights_sha256", run.record.weights_sha256},
        {"image", config.at("image")},
        {"evaluate", {{"engine", evaluate.at("engine")}, {"precision", evaluate.at("precision")}}}};
    return {run.folder, run.plan.names, run.plan.sections, run.plan.tasks, run.model, scoring};
  }

  int finish(Run& run, const RunFolder& folder, AscentFolder& results, Console& console) {
    climb(run, results, console);
    results.write_sheets();
    run.record.ended = true;
    folder.write_record(run.record);
    report(results, run.folder, run.plan.tasks.size() * run.plan.names.size(), console);
    return interrupt_signal() == 0 ? 0 : 128 + interrupt_signal();
  }

  static void climb(const Run& run, AscentFolder& results, Console& console);

  void report(const AscentFolder& results, const std::filesystem::path& path, std::size_t planned,
              Console& console) const;

  ConfigFlags flags_;
  std::string classes_;
  std::string setting_;
  std::string start_;
  std::string out_;
  std::string resume_;
  int starts_ = 0;  // not given
  DownloadFlags download_;
  bool json_ = false;
};

void AscendCommand::climb(const Run& run, AscentFolder& results, Console& console) {
  if (run.blocks.empty()) return;
  const Json& config = run.plan.config;
  std::uint64_t total = 0;
  for (const AscentBlock& block : run.blocks) {
    const int iterations = run.plan.settings[static_cast<std::size_t>(block.setting)].iterations;
    total += block.tasks.size() * static_cast<std::uint64_t>(iterations);
  }
  ProgressOptions options;
  options.facts = stderr_facts();
  options.style =
      progress_style(config.at("report").at("console").at("progress"), options.facts.terminal);
  Progress progress("ascend", total, console.err, options);
  std::mutex mutex;  // of all below
  std::uint64_t done = 0;
  int images = 0;
  int sure = 0;
  const auto note = [&] { return fmt::format("{} of {} images over .9999", sure, images); };
  AscentWatcher watcher;
  watcher.on_images = [&](int scored) {
    const std::lock_guard<std::mutex> lock(mutex);
    done += static_cast<std::uint64_t>(scored);
    progress.update(done, note());
  };
  watcher.on_block = [&](int block, std::vector<AscentRecord> records) {
    const std::lock_guard<std::mutex> lock(mutex);
    for (const AscentRecord& record : records) {
      ++images;
      if (record.milestones.back().reached()) ++sure;
    }
    results.add(run.blocks[static_cast<std::size_t>(block)].setting, std::move(records));
  };
  watcher.stop = [] { return interrupt_signal() != 0; };
  const int workers = worker_count(config.at("evaluate"));
  keep_memory_of_threads();  // LibTorch computes gradients in them
  WorkerPool pool(std::min(workers, static_cast<int>(run.blocks.size())), use_one_thread);
  run_ascent(run.blocks, run.context, *run.network, pool, watcher);
  progress.finish(note());
}

Json to_json(const AscentSummary& summary) {
  const auto or_null = [](const auto& x) { return x ? Json(*x) : Json(nullptr); };
  Json troubles = Json::object();
  for (const auto& [trouble, count] : summary.troubles) troubles[name_of(trouble)] = count;
  return {{"images", summary.images},
          {"over_99", summary.over_99},
          {"over_9999", summary.over_9999},
          {"median_iteration_to_99", or_null(summary.median_to_99)},
          {"median_iteration_to_9999", or_null(summary.median_to_9999)},
          {"median_confidence", or_null(summary.median_confidence)},
          {"gradients", troubles}};
}

void AscendCommand::report(const AscentFolder& results, const std::filesystem::path& path,
                           std::size_t planned, Console& console) const {
  Json settings = Json::object();
  std::string table =
      fmt::format("{:<12} {:>7} {:>7} {:>7} {:>16} {:>16} {:>12}\n", "setting", "images", "> .99",
                  "> .9999", "median to .99", "median to .9999", "median");
  const auto iteration = [](const std::optional<int>& i) {
    return i ? fmt::format("iteration {}", *i) : "-";
  };
  std::size_t complete = 0;
  for (std::size_t s = 0; s < results.names().size(); ++s) {
    const std::vector<const AscentRecord*> records = results.records(static_cast<int>(s));
    complete += static_cast<std::size_t>(std::count_if(
        records.begin(), records.end(), [](const AscentRecord* r) { return r->complete; }));
    const AscentSummary summary = summarise(records);
    settings[results.names()[s]] = to_json(summary);
    table += fmt::format(
        "{:<12} {:>7} {:>7} {:>7} {:>16} {:>16} {:>12}\n", results.names()[s], summary.images,
        summary.over_99, summary.over_9999, iteration(summary.median_to_99),
        iteration(summary.median_to_9999),
        summary.median_confidence ? confidence_text(*summary.median_confidence, 6) : "-");
    for (const auto& [trouble, count] : summary.troubles) {
      if (trouble == GradientTrouble::kCertain) continue;  // is no reason to worry
      console.err << fmt::format("fool: {}: {} of {} images: {} (column gradient of results.csv)\n",
                                 results.names()[s], count, summary.images, explain(trouble));
    }
  }
  if (complete < planned) {
    console.err << fmt::format(
        "fool: stopped: {} of {} images have had all their iterations; what the others had got to "
        "is kept until fool ascend --resume {} begins with them anew\n",
        complete, planned, path.string());
  }
  if (json_) {
    console.out << Json{{"run", path.string()},
                        {"planned", planned},
                        {"complete", complete},
                        {"settings", settings}}
                       .dump(2)
                << "\n";
    return;
  }
  console.out << table << path.string() << ": results.csv, images, contact sheets\n";
}

FOOL_REGISTER_COMMAND("ascend", AscendCommand,
                      "Climb along the network's gradient to images that it is sure of");

}  // namespace
}  // namespace fool
