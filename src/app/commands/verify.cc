// fool verify: do the saved images still get the confidences that were logged?
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <ostream>

#include "app/command.h"
#include "app/experiment.h"
#include "app/interrupt.h"
#include "fool/core/error.h"
#include "fool/report/image_record.h"
#include "fool/report/progress.h"
#include "fool/report/run_folder.h"

namespace fool {
namespace {

// What a re-scored image says, beside what its file claims.
struct Verdict {
  std::filesystem::path file;
  ImageRecord record;
  float confidence = 0.0F;  // now
  bool top = false;         // is its class the network's first choice?
  double difference() const {
    return std::abs(static_cast<double>(confidence) - static_cast<double>(record.confidence));
  }
};

std::vector<std::filesystem::path> image_files(const std::filesystem::path& run) {
  const auto folder = run / "images";
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".png") files.push_back(entry.path());
    }
  }
  if (files.empty()) {
    fail(
        ErrorKind::kData,
        "{}: no images to verify; expected images/*.png of a run that has ended or was interrupted",
        run.string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class VerifyCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("run", run_, "Folder of a run")->required()->type_name("RUN");
    app.add_option("--tolerance", tolerance_, "Largest difference that passes [1e-5]")
        ->type_name("X");
    app.add_option("--model", model_, "Score with this network instead of the run's own")
        ->type_name("MODEL");
    app.add_option("--progress", progress_, "Progress on stderr")
        ->type_name("auto|bar|plain|json|off");
    app.add_flag("--json", json_, "Print JSON");
    app.footer(
        "Reads every PNG again, scores it, and compares with the confidence in the file. Exit code "
        "1 if one\n"
        "differs by more than the tolerance.\nExample: fool verify runs/quickstart");
  }

  int run(Console& console) override {
    const RunRecord record = read_run_record(run_);
    Json config = record.config;
    if (!model_.empty()) config["model"] = model_;
    Experiment experiment = assemble(config);
    const std::vector<Verdict> verdicts = score(experiment, image_files(run_), console);
    return report(verdicts, experiment, console);
  }

 private:
  std::vector<Verdict> score(Experiment& x, const std::vector<std::filesystem::path>& files,
                             Console& console) const {
    ProgressOptions options;
    options.facts = stderr_facts();
    options.style = progress_style(progress_, options.facts.terminal);
    Progress progress("verify", files.size(), console.err, options);

    const auto classes = static_cast<std::size_t>(x.evaluator->classes());
    const std::size_t chunk =
        static_cast<std::size_t>(x.evaluator->block() * x.pool->workers()) * 4;
    std::vector<Verdict> verdicts;
    for (std::size_t first = 0; first < files.size(); first += chunk) {
      if (interrupt_signal() != 0) throw Interrupted{};
      const std::size_t count = std::min(chunk, files.size() - first);
      ImageBatch images(static_cast<int>(count), x.encoding->shape());
      for (std::size_t i = 0; i < count; ++i) {
        verdicts.push_back(read(files[first + i], images[static_cast<int>(i)], classes));
      }
      const Span<const float> rows = x.evaluator->evaluate_images(images);
      for (std::size_t i = 0; i < count; ++i) {
        Verdict& verdict = verdicts[first + i];
        const float* row = rows.data() + i * classes;
        verdict.confidence = row[verdict.record.class_index];
        verdict.top = verdict.confidence >= *std::max_element(row, row + classes);
      }
      progress.update(first + count);
    }
    progress.finish();
    return verdicts;
  }

  static Verdict read(const std::filesystem::path& file, ImageView into, std::size_t classes) {
    const Png png = read_png(file);
    const ImageShape& found = png.image.shape();
    if (found != into.shape) {
      fail(ErrorKind::kData, "{}: expected {} x {} pixels with {} channels, found {} x {} with {}",
           file.string(), into.shape.height, into.shape.width, into.shape.channels, found.height,
           found.width, found.channels);
    }
    std::copy_n(png.image[0].data, into.size(), into.data);
    Verdict verdict;
    verdict.file = file;
    verdict.record = to_image_record(png.text, file.string());
    if (verdict.record.class_index < 0 ||
        static_cast<std::size_t>(verdict.record.class_index) >= classes) {
      fail(ErrorKind::kData, "{}: class {} does not exist; the network has {}", file.string(),
           verdict.record.class_index, classes);
    }
    return verdict;
  }

  int report(const std::vector<Verdict>& verdicts, const Experiment& x, Console& console) const {
    const auto worst = std::max_element(
        verdicts.begin(), verdicts.end(),
        [](const Verdict& a, const Verdict& b) { return a.difference() < b.difference(); });
    // A network that answers NaN is stopped by `checked`, so the comparison is never with NaN.
    const auto failed = std::count_if(verdicts.begin(), verdicts.end(), [&](const Verdict& v) {
      return v.difference() > tolerance_;
    });
    const auto top =
        std::count_if(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.top; });
    if (json_) {
      Json images = Json::array();
      for (const Verdict& v : verdicts) {
        images.push_back({{"file", v.file.string()},
                          {"class", v.record.class_index},
                          {"logged", v.record.confidence},
                          {"scored", v.confidence},
                          {"first_choice", v.top}});
      }
      console.out << Json{{"model", x.model.name},
                          {"images", images},
                          {"largest_difference", worst->difference()},
                          {"tolerance", tolerance_},
                          {"failed", failed},
                          {"first_choice", top}}
                         .dump(2)
                  << "\n";
    } else {
      console.out << fmt::format("{} images scored again by {}\n", verdicts.size(), x.model.name)
                  << fmt::format("largest difference   {:.3g} ({}: logged {}, now {})\n",
                                 worst->difference(), worst->file.filename().string(),
                                 worst->record.confidence, worst->confidence)
                  << fmt::format("over {:g}           {}\n", tolerance_, failed)
                  << fmt::format("first choice         {} of {}\n", top, verdicts.size());
    }
    return failed == 0 ? 0 : kCheckFailed;
  }

  std::string run_;
  std::string model_;
  std::string progress_ = "auto";
  double tolerance_ = 1e-5;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("verify", VerifyCommand,
                      "Score a run's saved images again and compare with the log");

}  // namespace
}  // namespace fool
