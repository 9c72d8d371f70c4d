// fool export: the images of runs for other programs.
#include <filesystem>
#include <ostream>
#include <set>

#include "app/command.h"
#include "app/image_export.h"
#include "app/interrupt.h"
#include "app/new_file.h"
#include "app/option_checks.h"
#include "fool/core/error.h"
#include "fool/report/progress.h"

namespace fool {
namespace {

class ExportCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("runs", runs_, "Folders of runs")->required()->type_name("RUN");
    app.add_option("--format", format_, "A folder for each class, or arrays for NumPy [folder]")
        ->type_name("folder|npz");
    app.add_option("--out", out_, "The folder or file to write [fooling or fooling.npz]")
        ->type_name("PATH");
    app.add_flag("--force", force_, "Replace a file of arrays that is already there");
    app.add_option("--min-confidence", min_confidence_, "Leave out images below this [0]")
        ->type_name("P")
        ->check(number_from_to(0, 1));
    app.add_option("--progress", progress_, "Progress on stderr")
        ->type_name("auto|bar|plain|json|off");
    app.add_flag("--json", json_, "Print what was written as JSON");
    app.footer(
        "folder: OUT/0003_3/0003_3.png and so on, the run's own PNGs with their genomes, and "
        "OUT/labels.csv (file, class,\n"
        "label, confidence, run): what torchvision.datasets.ImageFolder and most benchmarks of "
        "out-of-distribution detection\n"
        "read. Where some class has no image, ImageFolder's numbers are not the network's; "
        "labels.csv has these.\n"
        "npz: images [N, H, W, C] uint8, targets [N] int64, confidences [N] float32, labels and "
        "runs [N] texts.\n"
        "Examples:\n"
        "  fool export runs/imagenet-cppn --out fooling\n"
        "  fool export runs/digits-seed* --format npz --out digits.npz --min-confidence 0.99\n"
        "  python3 -c 'import numpy; print(numpy.load(\"digits.npz\")[\"images\"].shape)'");
  }

  int run(Console& console) override {
    if (format_ != "folder" && format_ != "npz") {
      fail(ErrorKind::kUsage, "--format: expected folder or npz, found {}", format_);
    }
    const std::filesystem::path out =
        out_.empty() ? (format_ == "npz" ? "fooling.npz" : "fooling") : out_;
    if (format_ == "npz") {
      std::error_code none;
      if (std::filesystem::is_directory(out, none)) {
        fail(ErrorKind::kUsage, "--out {}: expected a file, found a folder", out.string());
      }
      require_new_file("--out", out.string(), ".npz", force_);
    }
    ProgressOptions how;
    how.facts = stderr_facts();
    how.style = progress_style(progress_, how.facts.terminal);
    std::vector<std::string> notes;
    const std::vector<ExportedImage> images =
        find_images({runs_.begin(), runs_.end()}, static_cast<float>(min_confidence_), notes);
    for (const std::string& note : notes) console.err << "fool: " << note << "\n";
    if (images.empty()) {
      fail(ErrorKind::kData, "no images to export: {} has none of a confidence of at least {}",
           fmt::join(runs_, ", "), min_confidence_);
    }
    Progress progress("export", images.size(), console.err, how);
    std::uint64_t done = 0;
    const auto before = [&] {
      if (interrupt_signal() != 0) throw Interrupted{};
      progress.update(done++);
    };
    if (format_ == "npz") {
      export_npz(images, out, before);
    } else {
      export_folder(images, out, before);
    }
    progress.update(done);
    progress.finish();
    tell(images, out, console);
    return 0;
  }

 private:
  void tell(const std::vector<ExportedImage>& images, const std::filesystem::path& out,
            Console& console) const {
    std::set<int> classes;
    for (const ExportedImage& image : images) classes.insert(image.class_index);
    if (json_) {
      console.out << Json{{"out", out.string()},
                          {"format", format_},
                          {"images", images.size()},
                          {"classes", classes.size()}}
                         .dump(2, ' ', false, Json::error_handler_t::replace)
                  << "\n";
      return;
    }
    console.out << fmt::format("{}  {} images of {} classes\n", out.string(), images.size(),
                               classes.size());
  }

  std::vector<std::string> runs_;
  std::string format_ = "folder";
  std::string out_;
  std::string progress_ = "auto";
  double min_confidence_ = 0;
  bool force_ = false;
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("export", ExportCommand,
                      "Write runs' images as a folder for each class, or as NumPy arrays");

}  // namespace
}  // namespace fool
