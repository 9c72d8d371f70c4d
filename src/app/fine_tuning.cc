#include "app/fine_tuning.h"

#include <ostream>
#include <utility>

#include "app/fine_tuning_data.h"
#include "app/interrupt.h"
#include "app/provide_model.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/version.h"
#include "fool/data/dataset.h"
#include "fool/model/recognise.h"
#include "fool/report/progress.h"
#include "fool/report/run_folder.h"
#include "fool/train/fine_tuner.h"
#include "fool/train/fooling_class.h"
#include "fool/train/trained_model.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

void check(const FineTuningRequest& request) {
  if (request.fooling.empty() || request.model.empty()) {
    fail(ErrorKind::kUsage,
         "--dataset {}: photos go with the network that learns on, --model, and with what fooled "
         "it, --fooling RUN_OR_FOLDER; without photos it is --dataset mnist",
         request.photos);
  }
  if (request.layers != "last" && request.layers != "all") {
    fail(ErrorKind::kUsage, "--layers: expected last or all, found \"{}\"", request.layers);
  }
}

// Where the weights go; nothing may be there yet.
fs::path weights_path(const FineTuningRequest& request, const ModelSpec& spec, std::uint64_t seed) {
  fs::path folder = request.out;
  if (folder.empty()) folder = default_run_folder("runs", {spec.name, kFoolingLabel}, seed);
  const fs::path weights =
      folder / fmt::format("{}-{}.safetensors", file_safe(spec.name), kFoolingLabel);
  if (fs::exists(weights)) {
    fail(ErrorKind::kIo, "{} is already there; choose another --out", weights.string());
  }
  require_model_path(weights);
  return weights;
}

FineTuningData read_data(const FineTuningRequest& request, const ModelSpec& spec,
                         std::uint64_t seed, WorkerPool& pool) {
  std::vector<fs::path> files;
  for (const std::string& source : request.fooling) {
    for (fs::path& file : fooling_files(source)) files.push_back(std::move(file));
  }
  const auto& datasets = DatasetRegistry::instance();
  const auto photos =
      datasets.make(datasets.resolve({{"type", "folder"}, {"path", request.photos}}, "dataset"));
  return read_fine_tuning_data(spec, *photos, files, PhotoRule::named(request.rule),
                               request.held_out, seed, pool);
}

FineTuned learn(const FineTuningRequest& request, const ModelSpec& spec,
                const LabelledBatch& images, const FineTuneOptions& options, Console& console) {
  ProgressOptions shown;
  shown.facts = stderr_facts();
  shown.style = progress_style(request.progress, shown.facts.terminal);
  const auto total = static_cast<std::uint64_t>(images.images.count()) *
                     static_cast<std::uint64_t>(options.epochs);
  Progress progress("fine-tune", total, console.err, shown);
  FineTuned tuned = fine_tune(spec, images, options, [&](const TrainProgress& at) {
    if (interrupt_signal() != 0) throw Interrupted{};
    progress.update(
        total * static_cast<std::uint64_t>(at.step) / static_cast<std::uint64_t>(at.steps),
        fmt::format("epoch {}, loss {:.4f}", at.epoch, at.loss));
  });
  progress.finish(fmt::format("loss {:.4f}", tuned.history.back().loss));
  return tuned;
}

Json to_json(const FineTuningScores& scores) {
  return {{"accuracy_n", scores.accuracy_n},         {"accuracy_n1", scores.accuracy_n1},
          {"photos_caught", scores.photos_caught},   {"fooling_caught", scores.fooling_caught},
          {"fooling_median", scores.fooling_median}, {"fooling_99", scores.fooling_99}};
}

Json to_json(const std::vector<EpochReport>& history) {
  Json rows = Json::array();
  for (const EpochReport& epoch : history) {
    rows.push_back(
        {{"epoch", epoch.epoch}, {"loss", epoch.loss}, {"train_accuracy", epoch.train_accuracy}});
  }
  return rows;
}

std::string table(const FineTuningScores& before, const FineTuningScores& after) {
  std::string text = fmt::format("{:<44} {:>9} {:>9}\n", "held out", "before", "after");
  const auto row = [&](const char* what, double then, double now) {
    text += fmt::format("{:<44} {:>7.2f} % {:>7.2f} %\n", what, 100 * then, 100 * now);
  };
  row("photos right, of the n classes", before.accuracy_n, after.accuracy_n);
  row("photos right, of n + 1", before.accuracy_n1, after.accuracy_n1);
  row("photos taken for fooling images", before.photos_caught, after.photos_caught);
  row("fooling images taken for that", before.fooling_caught, after.fooling_caught);
  row("fooling images sure (.99) of a real class", before.fooling_99, after.fooling_99);
  row("their median confidence in a real class", before.fooling_median, after.fooling_median);
  return text;
}

}  // namespace

int fine_tune_network(const FineTuningRequest& request, Console& console) {
  check(request);
  Json settings = fine_tune_parameters().resolve(request.settings, "fine_tune");
  FineTuneOptions options = fine_tune_options(settings);
  options.workers = request.workers;
  options.all_layers = request.layers == "all";
  const ModelSpec spec = provide_model(request.model, Thoroughness::kMissing, {}, console);
  verify_weights(spec);
  const std::string warning = warning_of_guess(spec);
  if (!warning.empty()) console.err << "fool: " << warning << "\n";
  const fs::path weights = weights_path(request, spec, options.seed);

  keep_memory_of_threads();  // LibTorch computes gradients in them
  WorkerPool pool(options.workers, use_one_thread);
  const FineTuningData data = read_data(request, spec, options.seed, pool);
  const FineTuningScores before = score_held_out(spec, spec.classes, data, pool);
  const FineTuned tuned = learn(request, spec, data.train, options, console);

  settings["layers"] = request.layers;
  settings["parameters"] = tuned.layers;
  settings["rule"] = request.rule;
  settings["photos"] = data.train_photos;
  settings["fooling_images"] = data.train_fooling();
  const Json trained_by{{"command", fmt::format("fool {}", fmt::join(console.arguments, " "))},
                        {"settings", settings},
                        {"version", kVersion},
                        {"numeric_library", numeric_library()},
                        {"date", utc_now()},
                        {"history", to_json(tuned.history)}};
  write_fine_tuned(weights, spec, tuned.weights, trained_by, Json::array());
  const ModelSpec larger = read_card(fs::path(weights).replace_extension(".json"));
  const FineTuningScores after = score_held_out(larger, spec.classes, data, pool);

  const Json summary{
      {"model", spec.name},
      {"weights", weights.string()},
      {"sha256", larger.sha256},
      {"settings", settings},
      {"held_out",
       {{"photos", data.photos.images.count()}, {"fooling_images", data.fooling.images.count()}}},
      {"before", to_json(before)},
      {"after", to_json(after)}};
  write_file(weights.parent_path() / "fine_tuning.json", summary.dump(2) + "\n");
  if (request.json) {
    console.out << summary.dump(2) << "\n";
  } else {
    console.out << table(before, after) << weights.string() << " with its card, fine_tuning.json\n";
  }
  return 0;
}

}  // namespace fool
