// fool report: runs as one page that a browser shows without anything else.
#include <filesystem>
#include <ostream>

#include "app/command.h"
#include "app/experiment.h"
#include "app/interrupt.h"
#include "app/option_checks.h"
#include "app/run_config.h"
#include "fool/core/error.h"
#include "fool/model/model_spec.h"
#include "fool/report/page.h"
#include "fool/report/progress.h"

namespace fool {
namespace {

class ReportCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("runs", runs_, "Folders of runs; several are compared")
        ->required()
        ->type_name("RUN");
    app.add_option("--out", out_, "The page to write [report.html]")->type_name("FILE");
    app.add_option("--title", title_, "What stands above it [the run's name]")->type_name("NAME");
    app.add_option("--image-size", image_size_,
                   "Longest side of images: larger ones are scaled down [as stored]")
        ->type_name("PIXELS")
        ->check(from_to(0, 16384));
    app.add_option("--ancestors", ancestors_,
                   "Pictures of each image's ancestors, at most; 0 = none [24]")
        ->type_name("N")
        ->check(from_to(0, 1000));
    app.add_option("--progress", progress_, "Progress on stderr")
        ->type_name("auto|bar|plain|json|off");
    app.add_flag("--force", force_, "Replace a file that is no such page");
    app.add_flag("--json", json_, "Print what was written as JSON");
    app.footer(
        "One file, images included, that asks nothing of the network: every class with its image "
        "and confidence, how\n"
        "the confidence grew, the image's ancestors (drawn again from the run's seed and log, and "
        "checked against the\n"
        "stored genome), its genome, and the settings. A run that goes on or was killed is shown "
        "as far as it is; of an ascent,\n"
        "each setting like a run.\n"
        "Examples:\n"
        "  fool report runs/quickstart\n"
        "  fool report runs/digits-seed* --out digits.html --title \"Five seeds\"\n"
        "  fool report runs/imagenet-cppn --image-size 96      a smaller file");
  }

  int run(Console& console) override {
    refuse_to_replace();
    ProgressOptions how;
    how.facts = stderr_facts();
    how.style = progress_style(progress_, how.facts.terminal);
    std::optional<Progress> progress;
    PageOptions options;
    options.title = title_;
    options.largest_side = image_size_;
    options.ancestors = ancestors_;
    options.sources = resource_folder("configs") / "page";
    options.shape_of = [](const Json& config) {
      const Json known = resolve_saved_config(config, Json::object());
      return open_scorer(find_models(known), known, {"auto", "cpu", "float32"})->info().shape;
    };
    options.progress = [&](std::uint64_t done, std::uint64_t total) {
      if (interrupt_signal() != 0) throw Interrupted{};
      if (!progress) progress.emplace("report", total, console.err, how);
      progress->update(done);
    };
    const std::vector<std::filesystem::path> folders(runs_.begin(), runs_.end());
    const PageSummary summary = write_page(folders, options, out_);
    if (progress) progress->finish();
    tell(summary, console);
    return 0;
  }

 private:
  void refuse_to_replace() const {
    std::error_code none;
    if (force_ || !std::filesystem::exists(out_, none) || is_page(out_)) return;
    fail(ErrorKind::kIo,
         "{} is already there and no page of fool report; choose another --out, or --force to "
         "replace it",
         out_);
  }

  void tell(const PageSummary& summary, Console& console) const {
    if (json_) {
      console.out << Json{{"page", out_},
                          {"bytes", summary.bytes},
                          {"runs", runs_.size()},
                          {"classes", summary.classes},
                          {"images", summary.images},
                          {"ancestors", summary.ancestors},
                          {"notes", summary.notes}}
                         .dump(2, ' ', false, Json::error_handler_t::replace)
                  << "\n";
      return;
    }
    for (const std::string& note : summary.notes) console.err << "fool: " << note << "\n";
    console.out << fmt::format("{}  {:.1f} MB: {} classes, {} images, {} ancestors, {} run{}\n",
                               out_, static_cast<double>(summary.bytes) / 1e6, summary.classes,
                               summary.images, summary.ancestors, runs_.size(),
                               runs_.size() == 1 ? "" : "s");
  }

  std::vector<std::string> runs_;
  std::string out_ = "report.html";
  std::string title_;
  std::string progress_ = "auto";
  int image_size_ = 0;
  int ancestors_ = 24;
  bool force_ = false;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("report", ReportCommand, "Show runs as one self-contained page of HTML");

}  // namespace
}  // namespace fool
