// fool models check: is a network what its card says?
#include <cmath>
#include <filesystem>
#include <ostream>

#include "app/command.h"
#include "app/experiment.h"
#include "app/interrupt.h"
#include "app/model_check.h"
#include "app/model_text.h"
#include "fool/core/error.h"
#include "fool/report/progress.h"

namespace fool {
namespace {

// How far an accuracy may be from the card's before the check fails: decoders and libraries differ
// in last bits, which can turn a close decision, but not one in a hundred.
constexpr double kAccuracyTolerance = 0.01;

// Labelled images to measure a network on.
struct TestData {
  std::string name;
  std::unique_ptr<Dataset> images;
  bool photos = false;  // to be made to fit by a rule
};

// The data set that the card names, or photos in a folder.
TestData open_test_data(const ModelSpec& spec, const std::string& path) {
  const auto& registry = DatasetRegistry::instance();
  const std::string named = spec.raw.value("dataset", "");
  if (registry.contains(named)) {
    Json section{{"type", named}, {"path", path}};
    if (registry.find(named, "dataset").parameters.find("split") != nullptr)
      section["split"] = "test";
    return {named, registry.make(registry.resolve(section, "dataset")), false};
  }
  const std::filesystem::path folder = std::filesystem::weakly_canonical(find_data("photos", path));
  const Json section{{"type", "folder"}, {"path", folder.string()}};
  return {folder.filename().string(), registry.make(registry.resolve(section, "dataset")), true};
}

Json to_json(const Accuracy& accuracy) {
  return {{"data", accuracy.data},
          {"rule", accuracy.rule},
          {"images", accuracy.images},
          {"top1_correct", accuracy.top1_correct},
          {"top5_correct", accuracy.top5_correct},
          {"top1", accuracy.top1()},
          {"top5", accuracy.top5()},
          {"mean_confidence", accuracy.mean_confidence}};
}

Json to_json(const RecordedAccuracy& recorded) {
  const auto number = [](std::optional<double> value) {
    return value ? Json(*value) : Json(nullptr);
  };
  return {{"top1", number(recorded.top1)},
          {"top5", number(recorded.top5)},
          {"mean_confidence", number(recorded.mean_confidence)}};
}

bool agrees(double measured, std::optional<double> recorded) {
  return !recorded || std::abs(measured - *recorded) <= kAccuracyTolerance;
}

// All that a check of one network found.
struct Findings {
  std::vector<GoldenCheck> golden;
  std::optional<Accuracy> accuracy;
  std::optional<RecordedAccuracy> recorded;
  std::string not_measured;  // why there is no accuracy

  bool golden_passed() const {
    return std::all_of(golden.begin(), golden.end(),
                       [](const GoldenCheck& check) { return check.passed(); });
  }
  bool accuracy_passed() const {
    return !recorded ||
           (agrees(accuracy->top1(), recorded->top1) && agrees(accuracy->top5(), recorded->top5) &&
            agrees(accuracy->mean_confidence, recorded->mean_confidence));
  }
};

class ModelsCheckCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("model", model_, "A name, a card or a weights file")
        ->required()
        ->type_name("MODEL");
    app.add_option("--data", data_,
                   "Labelled images [the card's data set, else \"photos\", below a folder of "
                   "FOOL_DATA_PATH]")
        ->type_name("FOLDER");
    app.add_option("--rule", rule_, "How photos are made to fit [whole_photo_resized]")
        ->type_name(fmt::format("{}", fmt::join(photo_rule_names(), "|")));
    app.add_option("--limit", limit_, "Measure on so many images, spread over the set; 0 = all")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--workers", workers_, "Threads; 0 = one per core")
        ->type_name("N")
        ->check(CLI::Range(0, 1024));
    app.add_option("--progress", progress_, "Progress on stderr")
        ->type_name("auto|bar|plain|json|off");
    app.add_flag("--json", json_, "Print JSON");
    app.footer(
        "Exit code 4 if the weights or recorded outputs differ, 1 if the accuracy is over 1 % from "
        "the card's.\n"
        "Example: fool models check squeezenet1_1 --rule centre_crop");
  }

  int run(Console& console) override {
    const PhotoRule rule = photo_rule(rule_);
    const ModelSpec spec = ModelFinder::from_environment().find(model_);
    const std::unique_ptr<Classifier> classifier = open_classifier(spec);
    require_varying_output(*classifier);
    Findings findings;
    findings.golden = check_golden(spec, *classifier);
    measure(spec, *classifier, rule, findings, console);
    if (json_) {
      print_json(spec, findings, console);
    } else {
      print(spec, findings, console);
    }
    return verdict(spec, findings, console);
  }

 private:
  void measure(const ModelSpec& spec, const Classifier& classifier, PhotoRule rule,
               Findings& findings, Console& console) const {
    TestData data;
    try {
      data = open_test_data(spec, data_);
    } catch (const Error& error) {
      if (!data_.empty()) throw;
      findings.not_measured = error.what();
      return;
    }
    ProgressOptions options;
    options.facts = stderr_facts();
    options.style = progress_style(progress_, options.facts.terminal);
    const int count = limit_ > 0 ? std::min(limit_, data.images->size()) : data.images->size();
    Progress progress("check", static_cast<std::uint64_t>(count), console.err, options);
    WorkerPool pool(worker_count({{"workers", workers_}}), use_one_thread);
    findings.accuracy =
        measure_accuracy(*data.images, classifier, rule, limit_, pool, [&](int done) {
          if (interrupt_signal() != 0) throw Interrupted{};
          progress.update(static_cast<std::uint64_t>(done));
        });
    progress.finish();
    findings.accuracy->data = data.name;
    if (data.photos) findings.accuracy->rule = photo_rule_name(rule);
    findings.recorded = recorded_accuracy(spec, *findings.accuracy);
  }

  static void print_json(const ModelSpec& spec, const Findings& findings, Console& console) {
    Json golden = Json::array();
    for (const GoldenCheck& check : findings.golden) {
      golden.push_back({{"input", check.input},
                        {"difference", check.difference},
                        {"tolerance", check.tolerance},
                        {"problem", check.problem},
                        {"passed", check.passed()}});
    }
    Json report{{"name", spec.name}, {"sha256", spec.sha256}, {"golden", golden}};
    report["accuracy"] = findings.accuracy ? to_json(*findings.accuracy) : Json(nullptr);
    report["on_card"] = findings.recorded ? to_json(*findings.recorded) : Json(nullptr);
    report["passed"] = findings.golden_passed() && findings.accuracy_passed();
    console.out << report.dump(2) << "\n";
  }

  static void print(const ModelSpec& spec, const Findings& findings, Console& console) {
    console.out << fmt::format("{}: {}, {} classes, {}\n", spec.name, spec.format, spec.classes,
                               input_text(spec))
                << fmt::format("weights   {}\n", spec.sha256.empty() ? "no sha256 on the card"
                                                                     : "sha256 as on the card")
                << "output    finite, adds up to 1, varies\n";
    for (const GoldenCheck& check : findings.golden) {
      console.out << fmt::format("recorded  {:<22} ", check.input);
      if (check.problem.empty()) {
        console.out << fmt::format("largest difference {:.1e}  {}\n", check.difference,
                                   check.passed() ? "ok" : "TOO LARGE");
      } else {
        console.out << check.problem << "\n";
      }
    }
    if (findings.golden.empty()) console.out << "recorded  no outputs on the card\n";
    if (!findings.accuracy) {
      console.out << "accuracy  not measured: " << findings.not_measured << "\n";
      return;
    }
    const Accuracy& now = *findings.accuracy;
    console.out << fmt::format(
        "accuracy  on {} images of {}{}{}\n", now.images, now.data,
        now.rule.empty() ? "" : ", " + now.rule,
        findings.recorded ? "; the card says" : "; nothing on the card to compare with");
    const RecordedAccuracy then = findings.recorded.value_or(RecordedAccuracy{});
    const auto line = [&](const char* name, double measured, std::optional<double> recorded) {
      console.out << fmt::format("  {:<16}  {:.4f}", name, measured);
      if (recorded) console.out << fmt::format("   {:.4f}", *recorded);
      console.out << "\n";
    };
    line("top-1", now.top1(), then.top1);
    line("top-5", now.top5(), then.top5);
    line("mean confidence", now.mean_confidence, then.mean_confidence);
  }

  static int verdict(const ModelSpec& spec, const Findings& findings, Console& console) {
    if (!findings.golden_passed()) {
      console.err << fmt::format("fool: {} does not give the outputs recorded in {}\n", spec.name,
                                 spec.golden.string());
      return static_cast<int>(ErrorKind::kModel);
    }
    if (!findings.accuracy_passed()) {
      console.err << fmt::format("fool: {} is over {} % from the accuracy on its card {}\n",
                                 spec.name, 100 * kAccuracyTolerance, spec.card.string());
      return kCheckFailed;
    }
    return 0;
  }

  std::string model_;
  std::string data_;
  std::string rule_ = photo_rule_name(PhotoRule::kWholePhotoResized);
  std::string progress_ = "auto";
  int limit_ = 0;
  int workers_ = 0;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("models check", ModelsCheckCommand,
                      "Compare a network with its card: weights, outputs, accuracy");

}  // namespace
}  // namespace fool
