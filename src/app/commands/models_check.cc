// fool models check: is a network what its card says?
#include <cmath>
#include <filesystem>
#include <ostream>

#include "app/command.h"
#include "app/experiment.h"
#include "app/input_variants.h"
#include "app/interrupt.h"
#include "app/model_check.h"
#include "app/model_text.h"
#include "app/new_file.h"
#include "app/option_checks.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/recognise.h"
#include "fool/report/image_record.h"
#include "fool/report/progress.h"
#include "report/common.h"

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

// An accuracy this low on data without a recorded one makes the check look for a mistake on the
// card.
constexpr double kSuspicious = 0.3;
// What another input must gain before it is worth a hint, and the images it is tried on.
constexpr double kTellingGain = 0.1;
constexpr int kHintImages = 64;

// All that a check of one network found.
struct Findings {
  std::vector<GoldenCheck> golden;
  std::optional<Accuracy> accuracy;
  std::optional<RecordedAccuracy> recorded;
  std::string not_measured;          // why there is no accuracy
  std::vector<VariantScore> inputs;  // those tried, best first
  std::vector<std::string> hints;

  bool golden_passed() const {
    return std::all_of(golden.begin(), golden.end(),
                       [](const GoldenCheck& check) { return check.passed(); });
  }
  bool suspicious() const {
    if (!accuracy) return false;
    return recorded && recorded->top1 ? accuracy->top1() < *recorded->top1 - kTellingGain
                                      : accuracy->top1() < kSuspicious;
  }
  bool accuracy_passed() const {
    return !recorded ||
           (agrees(accuracy->top1(), recorded->top1) && agrees(accuracy->top5(), recorded->top5) &&
            agrees(accuracy->mean_confidence, recorded->mean_confidence));
  }
};

// The rule under which the card's accuracy was published.
PhotoRule usual_rule(const ResizeRule& resize) {
  return resize.shorter_side > 0 ? PhotoRule::shorter_side(resize.shorter_side)
                                 : PhotoRule::whole_photo_resized();
}

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
    app.add_option("--rule", rule_,
                   "How photos are made to fit [the card's rule, else whole_photo_resized]")
        ->type_name(fmt::format("{}", fmt::join(PhotoRule::names(), "|")));
    app.add_option("--limit", limit_, "Measure on so many images, spread over the set; 0 = all")
        ->type_name("N")
        ->check(at_least(0));
    app.add_option("--csv", csv_, "Write what the network makes of each image there")
        ->type_name("FILE.csv");
    app.add_flag("--force", force_, "Replace a FILE.csv that is already there");
    app.add_option("--workers", workers_, "Threads; 0 = one per core")
        ->type_name("N")
        ->check(from_to(0, kMostWorkers));
    app.add_option("--progress", progress_, "Progress on stderr")
        ->type_name("auto|bar|plain|json|off");
    app.add_flag("--json", json_, "Print JSON");
    app.footer(
        "Exit code 4 if the weights or recorded outputs differ, 1 if the accuracy is over 1 % from "
        "the card's.\n"
        "Where the accuracy is low, other channel orders, ranges and means are tried on 64 "
        "images.\n"
        "Example: fool models check squeezenet1_1 --rule centre_crop");
  }

  int run(Console& console) override {
    if (!rule_.empty()) PhotoRule::named(rule_);  // a mistake is told before the network is read
    if (!csv_.empty()) require_new_file("--csv", csv_, ".csv", force_);
    const ModelSpec spec = ModelFinder::from_environment().find(model_);
    const PhotoRule rule = rule_.empty() ? usual_rule(spec.input.resize) : PhotoRule::named(rule_);
    const std::string warning = warning_of_guess(spec);
    if (!warning.empty()) console.err << "fool: " << warning << "\n";
    const std::unique_ptr<Classifier> classifier = open_classifier(spec);
    require_varying_output(*classifier);
    Findings findings;
    findings.golden = check_golden(spec, *classifier);
    measure(spec, *classifier, rule, findings, console);
    write_outcomes(spec, findings);
    if (json_) {
      print_json(spec, findings, console);
    } else {
      print(spec, findings, console);
    }
    return verdict(spec, findings, console);
  }

 private:
  void write_outcomes(const ModelSpec& spec, const Findings& findings) const {
    if (csv_.empty()) return;
    if (!findings.accuracy) {
      fail(ErrorKind::kData, "--csv {}: there are no images to tell about: {}", csv_,
           findings.not_measured);
    }
    std::string text = "image,label,label_name,top1,top1_name,top1_confidence,label_confidence\n";
    for (const ImageOutcome& one : findings.accuracy->outcomes) {
      text +=
          fmt::format("{},{},{},{},{},{},{}\n", csv_field(one.name), one.label,
                      csv_field(spec.label(one.label)), one.top1, csv_field(spec.label(one.top1)),
                      to_text(one.top1_confidence), to_text(one.label_confidence));
    }
    write_file(csv_, text);
  }

  void measure(const ModelSpec& spec, const Classifier& classifier, const PhotoRule& rule,
               Findings& findings, Console& console) const {
    TestData data;
    try {
      data = open_test_data(spec, data_);
    } catch (const Error& error) {
      if (!data_.empty()) throw;
      findings.not_measured = error.what();
      return;
    }
    WorkerPool pool(worker_count({{"workers", workers_}}), use_one_thread);
    const int count = limit_ > 0 ? std::min(limit_, data.images->size()) : data.images->size();
    with_progress("check", count, console, [&](const auto& progress) {
      findings.accuracy = measure_accuracy(*data.images, classifier, rule, limit_, pool, progress);
    });
    findings.accuracy->data = data.name;
    if (data.photos) findings.accuracy->rule = rule.name();
    findings.recorded = recorded_accuracy(spec, *findings.accuracy);
    if (findings.suspicious()) {
      look_for_mistakes(spec, *data.images, rule, pool, findings, console);
    }
  }

  // Calls the action with what it is to report its progress to, which throws when interrupted.
  template <typename Action>
  void with_progress(const char* what, int count, Console& console, Action&& action) const {
    ProgressOptions options;
    options.facts = stderr_facts();
    options.style = progress_style(progress_, options.facts.terminal);
    Progress progress(what, static_cast<std::uint64_t>(count), console.err, options);
    action([&](int done) {
      if (interrupt_signal() != 0) throw Interrupted{};
      progress.update(static_cast<std::uint64_t>(done));
    });
    progress.finish();
  }

  void look_for_mistakes(const ModelSpec& spec, const Dataset& images, const PhotoRule& rule,
                         WorkerPool& pool, Findings& findings, Console& console) const {
    const Accuracy& accuracy = *findings.accuracy;
    const double gain = kTellingGain * accuracy.images;
    const auto shifted = [&](int correct, const char* direction, const char* remedy) {
      if (correct < accuracy.top1_correct + gain) return;
      findings.hints.push_back(fmt::format("{} of {} first choices are the label {} one: {}",
                                           correct, accuracy.images, direction, remedy));
    };
    shifted(accuracy.top1_one_more, "plus",
            "class 0 of the network is probably a background that the labels do not count");
    shifted(accuracy.top1_one_less, "minus",
            "the labels probably count a background class that the network does not have");

    const std::vector<InputVariant> variants = usual_inputs(spec.input);
    with_progress(
        "try inputs", static_cast<int>(variants.size()), console, [&](const auto& progress) {
          findings.inputs = score_inputs(spec, variants, images, rule, kHintImages, pool, progress);
        });
    const VariantScore& best = findings.inputs.front();
    const auto own = std::find_if(
        findings.inputs.begin(), findings.inputs.end(),
        [&](const VariantScore& score) { return score.variant.what == variants.front().what; });
    if (best.top1() >= own->top1() + kTellingGain) {
      findings.hints.push_back(fmt::format(
          "with {} the top-1 is {:.2f} instead of {:.2f} on {} images: probably this is the "
          "network's input",
          best.variant.what, best.top1(), own->top1(), best.images));
    } else if (findings.hints.empty()) {
      findings.hints.push_back(
          fmt::format("none of {} usual orders of channels, ranges and means does better; are the "
                      "labels those of this network, and the architecture's options right?",
                      variants.size()));
    }
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
    Json inputs = Json::array();
    for (const VariantScore& score : findings.inputs) {
      inputs.push_back(
          {{"input", score.variant.what}, {"images", score.images}, {"top1", score.top1()}});
    }
    report["inputs_tried"] = inputs;
    report["hints"] = findings.hints;
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
    for (const std::string& hint : findings.hints) console.out << "hint      " << hint << "\n";
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
  std::string rule_;
  std::string csv_;
  bool force_ = false;
  std::string progress_ = "auto";
  int limit_ = 0;
  int workers_ = 0;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("models check", ModelsCheckCommand,
                      "Compare a network with its card: weights, outputs, accuracy");

}  // namespace
}  // namespace fool
