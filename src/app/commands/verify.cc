// fool verify: are the images that were logged there, and do they still get their confidences?
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <ostream>
#include <set>

#include "app/command.h"
#include "app/experiment.h"
#include "app/image_log.h"
#include "app/interrupt.h"
#include "app/option_checks.h"
#include "app/run_config.h"
#include "fool/core/error.h"
#include "fool/core/json_error.h"
#include "fool/model/model_spec.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "fool/report/progress.h"
#include "fool/report/run_folder.h"

namespace fool {
namespace {

constexpr std::size_t kShownProblems = 20;

// An image and the row of the run's table that names it; of a run that has not ended, and of an
// image alone, there is no row.
struct Candidate {
  std::string file;
  std::optional<LoggedImage> logged;
};

// An image that was scored again.
struct Verdict {
  Candidate image;
  ImageClaim record;        // in its file
  float confidence = 0.0F;  // now
  bool top = false;         // is its class the network's first choice?

  float logged() const { return image.logged ? image.logged->confidence : record.confidence; }
  // From the table or from the file's own text, whichever is further.
  double difference() const {
    const double now = confidence;
    return std::max(std::abs(now - static_cast<double>(logged())),
                    std::abs(now - static_cast<double>(record.confidence)));
  }
};

struct Findings {
  std::vector<Verdict> verdicts;
  std::vector<std::string> problems;  // a line each
  int unreadable = 0;                 // images among them
};

class VerifyCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("run", run_, "Folder of a run, or one image")->required()->type_name("RUN");
    app.add_option("--tolerance", tolerance_, "Largest difference that passes [1e-5]")
        ->type_name("X")
        ->check(number_at_least(0));
    app.add_option("--model", model_, "Score with this network instead of the run's own")
        ->type_name("MODEL");
    app.add_option("--device", device_,
                   "Score there instead of where the run did: cpu, cuda, cuda:N")
        ->type_name("DEVICE");
    app.add_option("--precision", precision_, "Score in this precision instead of the run's")
        ->type_name("float32|bfloat16|float16");
    app.add_option("--progress", progress_, "Progress on stderr")
        ->type_name("auto|bar|plain|json|off");
    app.add_flag("--json", json_, "Print JSON");
    app.footer(
        "Every row of classes.csv (of an ascent: results.csv) with an image must have that one "
        "PNG. Each is read again, scored, and\n"
        "compared with the confidences in the table and in the file. Exit code 1 if one differs "
        "by more than the\n"
        "tolerance, is missing, is of another class, or is not in the table; 5 if one cannot be "
        "read (the others\n"
        "are reported all the same). Of a run that was killed and not resumed, the images that are "
        "there are\n"
        "compared with their own text, as is an image given by itself.\n"
        "Examples:\n"
        "  fool verify runs/quickstart\n"
        "  fool verify runs/digits/images/0003_3-none-start0.png");
  }

  int run(Console& console) override {
    Json flags = Json::object();
    if (!device_.empty()) flags["evaluate"]["device"] = device_;
    if (!precision_.empty()) flags["evaluate"]["precision"] = precision_;
    Findings findings;
    std::vector<Candidate> images;
    Json config;
    if (std::filesystem::is_regular_file(run_)) {
      images.push_back({std::filesystem::path(run_).filename().string(), std::nullopt});
      folder_ = std::filesystem::path(run_).parent_path();
      config = resolve_saved_config(config_of_image(console), flags);
    } else {
      const RunRecord record = read_run_record(run_);
      if (record.config.contains("retrain")) {
        fail(ErrorKind::kUsage,
             "{0} was made by fool retrain and holds images of several networks; name one of them: "
             "fool verify {0}/round_01/run_00/0000_0.png",
             run_);
      }
      folder_ = std::filesystem::path(run_) / "images";
      config = resolve_saved_config(scoring_config(record.config), flags);
      images = candidates(record, findings);
      if (!record.ended) {
        console.err << fmt::format(
            "fool: the run was killed or still goes on, so its images are compared with their own "
            "text only; fool {} --resume {} completes it\n",
            record.config.contains("ascend") ? "ascend" : "evolve", run_);
      }
    }
    if (!model_.empty()) config["model"] = model_;
    Experiment experiment = assemble(config);
    score(experiment, images, findings, console);
    for (const Verdict& v : findings.verdicts) {
      if (passed(v)) continue;
      findings.problems.push_back(fmt::format("{}: logged {}, in the file {}, now {}",
                                              path_of(v.image.file).string(), v.logged(),
                                              v.record.confidence, v.confidence));
    }
    return report(findings, experiment, console);
  }

 private:
  std::filesystem::path path_of(const std::string& file) const { return folder_ / file; }

  // Of an ascent, which evolves nothing: what scores images asks for an encoding all the same, but
  // only for the size of its pictures.
  static Json scoring_config(Json config) {
    config.erase("ascend");
    if (!config.contains("encoding")) config["encoding"] = {{"type", "direct"}};
    if (!config.contains("search")) config["search"] = {{"type", "random"}};
    return config;
  }

  // What the image says, or else the run that it lies in.
  Json config_of_image(Console& console) const {
    const ImageClaim claim = to_image_claim(read_png_text(run_), run_);
    if (claim.scoring) {
      const Json& scoring = *claim.scoring;
      Json config = scoring_config(Json::object());
      try {
        for (const char* key : {"model", "image", "evaluate"}) config[key] = scoring.at(key);
        if (scoring.contains("ensemble")) config["ensemble"] = scoring.at("ensemble");
        if (model_.empty()) warn_of_other_weights(scoring.at("weights_sha256"), config, console);
      } catch (const Json::exception& error) {
        fail(ErrorKind::kData, "{}: its text \"scoring\" is damaged: {}", run_,
             complaint_of(error));
      }
      return config;
    }
    const std::filesystem::path run = std::filesystem::absolute(run_).parent_path().parent_path();
    if (std::filesystem::exists(run / "run.json")) {
      return scoring_config(read_run_record(run).config);
    }
    if (model_.empty()) {
      fail(ErrorKind::kUsage,
           "{} does not say which network scored it, and lies in no run's folder; name the network "
           "with --model",
           run_);
    }
    return scoring_config(Json::object());
  }

  static void warn_of_other_weights(const std::string& sha256, const Json& config,
                                    Console& console) {
    if (sha256.empty()) return;  // of several networks
    const ModelSpec model = ModelFinder::from_environment().find(config.at("model"));
    if (model.sha256.empty() || sha256 == model.sha256) return;
    console.err << fmt::format(
        "fool: the weights of {} are not those that scored the image: sha256 {:.16}..., then "
        "{:.16}...\n",
        model.name, model.sha256, sha256);
  }

  // A network that answers NaN is stopped by `checked`, so the difference is a number.
  bool passed(const Verdict& verdict) const { return verdict.difference() <= tolerance_; }

  // What to score; what is missing or too much goes to the problems.
  std::vector<Candidate> candidates(const RunRecord& record, Findings& findings) const {
    const std::vector<std::string> names = image_names(run_);
    const std::string table = image_log_path(run_).filename().string();
    std::vector<Candidate> result;
    if (!record.ended) {
      for (const std::string& name : names) result.push_back({name, std::nullopt});
    } else {
      std::set<std::string> others(names.begin(), names.end());
      for (const LoggedImage& logged : read_image_log(run_)) {
        if (others.erase(logged.file) > 0) {
          result.push_back({logged.file, logged});
        } else {
          findings.problems.push_back(fmt::format("{} is missing: {} logs class {} with {}",
                                                  path_of(logged.file).string(), table,
                                                  logged.class_index, logged.confidence));
        }
      }
      for (const std::string& name : others) {
        findings.problems.push_back(fmt::format("{} is not in {}", path_of(name).string(), table));
      }
    }
    if (result.empty() && findings.problems.empty()) {
      fail(ErrorKind::kData,
           "{}: no images to verify; expected images/*.png of a run that has ended or was "
           "interrupted",
           run_);
    }
    return result;
  }

  void score(Experiment& x, const std::vector<Candidate>& images, Findings& findings,
             Console& console) const {
    ProgressOptions options;
    options.facts = stderr_facts();
    options.style = progress_style(progress_, options.facts.terminal);
    Progress progress("verify", images.size(), console.err, options);

    const auto classes = static_cast<std::size_t>(x.evaluator->classes());
    const std::size_t chunk =
        static_cast<std::size_t>(x.evaluator->block() * x.pool->workers()) * 4;
    for (std::size_t first = 0; first < images.size(); first += chunk) {
      if (interrupt_signal() != 0) throw Interrupted{};
      const std::size_t end = std::min(first + chunk, images.size());
      std::vector<Verdict> readable;
      std::vector<Png> pictures;
      for (std::size_t i = first; i < end; ++i) {
        read(images[i], x.encoding->shape(), classes, readable, pictures, findings);
      }
      progress.update(end);
      if (readable.empty()) continue;
      ImageBatch batch(static_cast<int>(pictures.size()), x.encoding->shape());
      for (int i = 0; i < batch.count(); ++i) {
        std::copy_n(pictures[static_cast<std::size_t>(i)].image[0].data, batch[i].size(),
                    batch[i].data);
      }
      const Span<const float> rows = x.evaluator->evaluate_images(batch);
      for (std::size_t i = 0; i < readable.size(); ++i) {
        Verdict& verdict = readable[i];
        const float* row = rows.data() + i * classes;
        verdict.confidence = row[verdict.record.class_index];
        verdict.top = verdict.confidence >= *std::max_element(row, row + classes);
        findings.verdicts.push_back(std::move(verdict));
      }
    }
    progress.finish();
  }

  // An image that cannot be used is one of the findings, and no reason to leave the others.
  void read(const Candidate& image, const ImageShape& shape, std::size_t classes,
            std::vector<Verdict>& readable, std::vector<Png>& pictures, Findings& findings) const {
    const std::string file = path_of(image.file).string();
    try {
      Png png = read_png(file);
      const ImageShape& found = png.image.shape();
      if (found != shape) {
        fail(ErrorKind::kData,
             "{}: expected {} x {} pixels with {} channels, found {} x {} with {}", file,
             shape.height, shape.width, shape.channels, found.height, found.width, found.channels);
      }
      Verdict verdict;
      verdict.image = image;
      verdict.record = to_image_claim(png.text, file);
      if (!verdict.record.scoring) to_image_record(png.text, file);  // an elite has a genome, too
      const int k = verdict.record.class_index;
      if (k < 0 || static_cast<std::size_t>(k) >= classes) {
        fail(ErrorKind::kData, "{}: class {} does not exist; the network has {}", file, k, classes);
      }
      if (image.logged && image.logged->class_index != k) {
        findings.problems.push_back(
            fmt::format("{}: expected the image of class {}, found that of class {}", file,
                        image.logged->class_index, k));
        return;
      }
      readable.push_back(std::move(verdict));
      pictures.push_back(std::move(png));
    } catch (const Error& error) {
      findings.problems.push_back(error.what());
      ++findings.unreadable;
    }
  }

  int report(const Findings& findings, const Experiment& x, Console& console) const {
    const std::vector<Verdict>& verdicts = findings.verdicts;
    const auto worst = std::max_element(
        verdicts.begin(), verdicts.end(),
        [](const Verdict& a, const Verdict& b) { return a.difference() < b.difference(); });
    const auto over = std::count_if(verdicts.begin(), verdicts.end(),
                                    [&](const Verdict& v) { return !passed(v); });
    const auto top =
        std::count_if(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.top; });
    if (json_) {
      Json images = Json::array();
      for (const Verdict& v : verdicts) {
        images.push_back({{"file", path_of(v.image.file).string()},
                          {"class", v.record.class_index},
                          {"logged", v.logged()},
                          {"in_file", v.record.confidence},
                          {"scored", v.confidence},
                          {"first_choice", v.top}});
      }
      console.out << Json{{"model", x.model.name},
                          {"images", images},
                          {"largest_difference",
                           worst == verdicts.end() ? Json(nullptr) : Json(worst->difference())},
                          {"tolerance", tolerance_},
                          {"failed", over},
                          {"first_choice", top},
                          {"unreadable", findings.unreadable},
                          {"problems", findings.problems}}
                         .dump(2, ' ', false, Json::error_handler_t::replace)
                  << "\n";
    } else {
      const auto line = [&](const std::string& what, const std::string& value) {
        console.out << fmt::format("{:<20} {}\n", what, value);
      };
      console.out << fmt::format("{} images scored again by {}\n", verdicts.size(), x.model.name);
      if (worst != verdicts.end()) {
        line("largest difference",
             fmt::format("{:.3g} ({}: logged {}, now {})", worst->difference(), worst->image.file,
                         worst->logged(), worst->confidence));
      }
      line(fmt::format("over {:g}", tolerance_), std::to_string(over));
      line("first choice", fmt::format("{} of {}", top, verdicts.size()));
      line("problems", std::to_string(findings.problems.size()));
      const std::size_t shown = std::min(findings.problems.size(), kShownProblems);
      for (std::size_t i = 0; i < shown; ++i) console.out << "  " << findings.problems[i] << "\n";
      if (shown < findings.problems.size()) {
        console.out << fmt::format("  and {} more; --json prints all\n",
                                   findings.problems.size() - shown);
      }
    }
    if (findings.unreadable > 0) {
      console.err << fmt::format("fool: {} of the images cannot be read\n", findings.unreadable);
      return static_cast<int>(ErrorKind::kData);
    }
    return findings.problems.empty() ? 0 : kCheckFailed;
  }

  std::string run_;
  std::filesystem::path folder_;  // of the images
  std::string device_;
  std::string precision_;
  std::string model_;
  std::string progress_ = "auto";
  double tolerance_ = 1e-5;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("verify", VerifyCommand,
                      "Score a run's saved images again and compare with the log");

}  // namespace
}  // namespace fool
