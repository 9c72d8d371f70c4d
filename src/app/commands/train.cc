// fool train: a network for the searches to fool, from labelled images.
#include <chrono>
#include <filesystem>
#include <ostream>

#include "app/command.h"
#include "app/experiment.h"
#include "app/interrupt.h"
#include "app/option_checks.h"
#include "fool/core/config.h"
#include "fool/core/error.h"
#include "fool/data/dataset.h"
#include "fool/report/progress.h"
#include "fool/report/run_folder.h"
#include "fool/train/trained_model.h"
#include "fool/train/trainer.h"

namespace fool {
namespace {

// The data sets that come as a training and a test set.
std::vector<std::string> trainable_datasets() {
  std::vector<std::string> names;
  for (const std::string& name : DatasetRegistry::instance().names()) {
    const auto& entry = DatasetRegistry::instance().find(name, "dataset");
    if (entry.parameters.find("split") != nullptr) names.push_back(name);
  }
  return names;
}

std::string flag_of(std::string key) {
  std::replace(key.begin(), key.end(), '_', '-');
  return "--" + key;
}

class TrainCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    const std::vector<std::string> datasets = trainable_datasets();
    app.add_option("--dataset", dataset_, "What to learn [mnist]")
        ->type_name(fmt::format("{}", fmt::join(datasets, "|")));
    app.add_option("--data", data_,
                   "Folder of the data set [its name below a folder of FOOL_DATA_PATH]")
        ->type_name("FOLDER");
    app.add_option("--out", out_,
                   "Where the weights go, with the card beside them [lenet-DATASET.safetensors]")
        ->type_name("FILE.safetensors");
    app.add_flag("--force", force_, "Replace a model that is already there");
    for (const Parameter& parameter : train_parameters().parameters()) {
      app.add_option_function<std::string>(
             flag_of(parameter.key),
             [this, key = parameter.key](const std::string& text) { given_[key] = text; },
             fmt::format("{} [{}]", parameter.help, parameter.default_value.dump()))
          ->type_name(parameter.type_name() == "integer" ? "N" : "X");
    }
    app.add_option("--workers", workers_,
                   "Threads, of which four are of use; 0 = one per core; cannot change the result")
        ->type_name("N")
        ->check(from_to(0, kMostWorkers));
    app.add_option("--progress", progress_, "Progress on stderr")
        ->type_name("auto|bar|plain|json|off");
    app.add_flag("--json", json_, "Print JSON");
    app.footer(
        "Trains Caffe's LeNet. Nothing is written before the end.\n"
        "Example: fool train --dataset mnist --data mnist --seed 2 --out "
        "models/lenet-b.safetensors");
  }

  int run(Console& console) override {
    const Json settings = train_parameters().resolve(given_values(), "train");
    TrainOptions options = train_options(settings);
    options.workers = worker_count({{"workers", workers_}});
    const std::filesystem::path out = out_.empty() ? "lenet-" + dataset_ + ".safetensors" : out_;
    require_model_path(out);
    refuse_to_replace(out);
    const auto train = open("train");
    const auto test = open("test");

    const auto start = std::chrono::steady_clock::now();
    const TrainResult result = learn(*train, *test, options, console);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    const TrainedBy by{dataset_, fmt::format("fool {}", fmt::join(console.arguments, " ")),
                       settings, utc_now()};
    const Json card = write_lenet(out, result, by);
    report(out, card, result, seconds.count(), console);
    return 0;
  }

 private:
  Json given_values() const {
    Json values = Json::object();
    for (const auto& [key, text] : given_) {
      set_config(values, key, text);
    }
    return values;
  }

  void refuse_to_replace(std::filesystem::path out) const {
    for (const char* ending : {".safetensors", ".json"}) {
      if (!force_ && std::filesystem::exists(out.replace_extension(ending))) {
        fail(ErrorKind::kIo, "{} is already there; choose another --out, or --force to replace it",
             out.string());
      }
    }
  }

  std::unique_ptr<Dataset> open(const std::string& split) const {
    const auto& registry = DatasetRegistry::instance();
    const std::vector<std::string> known = trainable_datasets();
    if (std::find(known.begin(), known.end(), dataset_) == known.end()) {
      fail(ErrorKind::kUsage, "--dataset: there is nothing called \"{}\" to train on{}; known: {}",
           dataset_, did_you_mean(dataset_, known), fmt::join(known, ", "));
    }
    return registry.make(
        registry.resolve({{"type", dataset_}, {"path", data_}, {"split", split}}, "dataset"));
  }

  TrainResult learn(const Dataset& train, const Dataset& test, const TrainOptions& options,
                    Console& console) const {
    ProgressOptions shown;
    shown.facts = stderr_facts();
    shown.style = progress_style(progress_, shown.facts.terminal);
    const auto per_epoch = static_cast<std::uint64_t>(train.size());
    Progress progress("train", per_epoch * static_cast<std::uint64_t>(options.epochs), console.err,
                      shown);
    std::string tested;
    TrainWatcher watcher;
    watcher.on_step = [&](const TrainProgress& at) {
      if (interrupt_signal() != 0) throw Interrupted{};
      const std::uint64_t done = per_epoch * static_cast<std::uint64_t>(options.epochs) *
                                 static_cast<std::uint64_t>(at.step) /
                                 static_cast<std::uint64_t>(at.steps);
      progress.update(done, fmt::format("epoch {}/{}, loss {:.4f}{}", at.epoch, options.epochs,
                                        at.loss, tested));
    };
    watcher.on_epoch = [&](const EpochReport& epoch) {
      tested = fmt::format(", test {:.2f} %", 100 * epoch.test_accuracy);
    };
    TrainResult result = train_lenet(train, test, options, watcher);
    progress.finish(fmt::format("test {:.2f} %", 100 * result.test_accuracy()));
    return result;
  }

  void report(const std::filesystem::path& out, const Json& card, const TrainResult& result,
              double seconds, Console& console) const {
    if (json_) {
      console.out << Json{{"weights", out.string()},
                          {"sha256", card.at("sha256")},
                          {"test_accuracy", result.test_accuracy()},
                          {"test_correct", result.test_correct},
                          {"test_images", result.test_size},
                          {"seconds", seconds}}
                         .dump(2)
                  << "\n";
      return;
    }
    console.out << fmt::format("{:.2f} % of {} test images right, after {}\n",
                               100 * result.test_accuracy(), result.test_size,
                               duration_text(seconds))
                << fmt::format("{}  sha256 {}\n", out.string(),
                               card.at("sha256").get<std::string>());
  }

  std::string dataset_ = "mnist";
  std::string data_;
  std::string out_;
  std::map<std::string, std::string> given_;  // key -> as typed
  std::string progress_ = "auto";
  int workers_ = 0;
  bool force_ = false;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("train", TrainCommand, "Train a network for the searches to fool");

}  // namespace
}  // namespace fool
