// fool ablate: does an image need all the copies of what it repeats? Copies are found, taken away
// one after the other, and what is left is scored.
#include <algorithm>
#include <filesystem>
#include <ostream>

#include "app/ascent_plan.h"
#include "app/command.h"
#include "app/experiment.h"
#include "app/interrupt.h"
#include "app/option_checks.h"
#include "app/run_config.h"
#include "app/saved_images.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "fool/report/progress.h"
#include "fool/report/run_folder.h"
#include "report/common.h"
#include "report/grid.h"
#include "report/repetition.h"

namespace fool {
namespace {

// An image, with fewer and fewer copies.
struct Series {
  SavedImage source;
  Repetition repetition;
  ImageBatch images;               // [copies]: with the first 0, 1, ... copies removed
  std::vector<float> confidences;  // [copies], in its class
  std::vector<int> top1;           // [copies]

  std::size_t size() const { return confidences.size(); }
};

class AblateCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("run", run_, "Folder of a run of fool evolve")->required()->type_name("RUN");
    app.add_option("--out", out_, "Folder of the results")->required()->type_name("DIR");
    app.add_option("--classes", classes_, "Which classes [all]")
        ->type_name("all|published|0,3,5-7")
        ->check(not_empty());
    app.add_option("--least-confidence", least_confidence_,
                   "Leave out images of which the network is less sure [0]")
        ->type_name("X")
        ->check(number_from_to(0, 1));
    app.add_option("--alike", limits_.alike,
                   "How much two shapes must overlap to be copies of each other [0.5]")
        ->type_name("X")
        ->check(number_from_to(0, 1));
    app.add_option("--periodic", limits_.periodic,
                   "How much an image must be like itself shifted to be made of tiles [0.5]")
        ->type_name("X")
        ->check(number_from_to(0, 1));
    app.add_option("--least-copies", limits_.least_copies,
                   "What is there less often is not repeated [3]")
        ->type_name("N")
        ->check(from_to(2, 1000));
    app.add_option("--show", show_, "Images in ablation.png [10]")
        ->type_name("N")
        ->check(from_to(1, 100));
    app.add_option("--progress", progress_, "Progress on stderr")
        ->type_name("auto|bar|plain|json|off");
    app.add_flag("--json", json_, "Print the summary as JSON");
    app.footer(
        "Looks in each image for a repeated element: separate shapes of like size and form on a "
        "background of one colour,\n"
        "or else tiles, if the image is like itself when it is shifted. Copies are filled with the "
        "background's colour,\n"
        "the outermost first, until one is left; every picture on the way is scored by the run's "
        "network.\n"
        "DIR gets ablation.csv (a row per picture), images/ (the pictures, each a PNG that says "
        "its score) and ablation.png.\n"
        "Example: fool ablate runs/imagenet --least-confidence .9 --out runs/imagenet-ablation");
  }

  int run(Console& console) override {
    const std::filesystem::path out = out_;
    std::error_code ignored;
    if (std::filesystem::exists(out / "ablation.csv", ignored)) {
      fail(ErrorKind::kIo, "{} holds results already; choose another --out", out_);
    }
    require_no_run(out);
    make_folder(out / "images");
    require_writable(out / "ablation.csv");
    const RunRecord record = read_run_record(run_);
    if (record.config.contains("ascend")) {
      fail(ErrorKind::kUsage, "{} is a run of fool ascend; expected one of fool evolve", run_);
    }
    std::vector<SavedImage> images = chosen_images();
    Experiment experiment = assemble(resolve_saved_config(record.config, Json::object()));
    std::vector<Series> found = score(experiment, images, console);
    write_table(found, experiment.model);
    write_images(found, experiment);
    write_sheet(found, experiment.model);
    summarise(found, images.size(), console);
    return 0;
  }

 private:
  std::vector<SavedImage> chosen_images() const {
    std::vector<SavedImage> images = saved_images(run_);
    std::vector<int> wanted = classes_of(images);
    if (!classes_.empty()) wanted = parse_classes(classes_, wanted.back() + 1, run_);
    images.erase(std::remove_if(images.begin(), images.end(),
                                [&](const SavedImage& image) {
                                  return image.confidence < least_confidence_ ||
                                         !std::binary_search(wanted.begin(), wanted.end(),
                                                             image.class_index);
                                }),
                 images.end());
    if (images.empty()) {
      fail(ErrorKind::kUsage, "{}: no image is of these classes with a confidence of {} or more",
           run_, least_confidence_);
    }
    return images;
  }

  // Those that repeat something.
  std::vector<Series> score(Experiment& x, const std::vector<SavedImage>& images,
                            Console& console) const {
    ProgressOptions options;
    options.facts = stderr_facts();
    options.style = progress_style(progress_, options.facts.terminal);
    Progress progress("ablate", images.size(), console.err, options);
    std::vector<Series> found;
    const std::size_t chunk = static_cast<std::size_t>(x.pool->workers()) * 8;
    for (std::size_t first = 0; first < images.size(); first += chunk) {
      if (interrupt_signal() != 0) throw Interrupted{};
      const std::size_t count = std::min(chunk, images.size() - first);
      std::vector<Series> some(count);
      x.pool->for_each(static_cast<int>(count), [&](int /*worker*/, int i) {
        const auto place = static_cast<std::size_t>(i);
        some[place] = series_of(images[first + place], x.encoding->shape());
      });
      for (Series& series : some) {
        if (!series.repetition.found()) continue;
        score_one(x, series);
        found.push_back(std::move(series));
      }
      progress.update(first + count);
    }
    progress.finish();
    return found;
  }

  Series series_of(const SavedImage& image, const ImageShape& shape) const {
    const Png png = read_png(image.file);
    if (png.image.shape() != shape) {
      fail(ErrorKind::kData, "{}: expected {} x {} pixels, found {} x {}", image.file.string(),
           shape.height, shape.width, png.image.shape().height, png.image.shape().width);
    }
    Series series{image, find_repetition(png.image[0], limits_), {}, {}, {}};
    if (series.repetition.found()) series.images = remove_copies(png.image[0], series.repetition);
    return series;
  }

  static void score_one(Experiment& x, Series& series) {
    const Span<const float> rows = x.evaluator->evaluate_images(series.images);
    const int classes = x.evaluator->classes();
    for (int i = 0; i < series.images.count(); ++i) {
      const float* row = rows.data() + static_cast<std::ptrdiff_t>(i) * classes;
      series.confidences.push_back(row[series.source.class_index]);
      series.top1.push_back(static_cast<int>(std::max_element(row, row + classes) - row));
    }
  }

  std::string image_name(const Series& series, std::size_t removed) const {
    const std::string stem = image_file_name(series.source.class_index, series.source.label);
    return fmt::format("{}-{:02}removed.png", stem.substr(0, stem.size() - 4), removed);
  }

  void write_table(const std::vector<Series>& found, const ModelSpec& model) const {
    std::string text =
        "class,label,method,copies,removed,confidence,top1,top1_label,removed_area,image\n";
    for (const Series& series : found) {
      const ImageShape& shape = series.images.shape();
      std::size_t pixels = 0;
      for (std::size_t i = 0; i < series.size(); ++i) {
        if (i > 0) pixels += series.repetition.copies[i - 1].size();
        const double area =
            static_cast<double>(pixels) / (static_cast<double>(shape.height) * shape.width);
        text += fmt::format("{},{},{},{},{},{},{},{},{:.4f},images/{}\n", series.source.class_index,
                            csv_field(series.source.label), series.repetition.method,
                            series.repetition.copies.size(), i, to_text(series.confidences[i]),
                            series.top1[i], csv_field(model.label(series.top1[i])), area,
                            image_name(series, i));
      }
    }
    write_file(std::filesystem::path(out_) / "ablation.csv", text);
  }

  void write_images(const std::vector<Series>& found, const Experiment& x) const {
    Json scoring{{"model", x.config.at("model")},
                 {"image", x.config.at("image")},
                 {"evaluate", x.config.at("evaluate")},
                 {"weights_sha256", x.model.sha256}};
    if (x.config.contains("ensemble")) scoring["ensemble"] = x.config.at("ensemble");
    for (const Series& series : found) {
      if (interrupt_signal() != 0) throw Interrupted{};
      for (std::size_t i = 0; i < series.size(); ++i) {
        const ImageClaim claim{series.source.class_index, series.source.label,
                               series.confidences[i], scoring};
        write_png(std::filesystem::path(out_) / "images" / image_name(series, i),
                  series.images[static_cast<int>(i)], to_text(claim));
      }
    }
  }

  // The surest images: whole, with half of the copies, and with one.
  void write_sheet(const std::vector<Series>& found, const ModelSpec& model) const {
    if (found.empty()) return;
    std::vector<const Series*> shown;
    for (const Series& series : found) shown.push_back(&series);
    std::stable_sort(shown.begin(), shown.end(), [](const Series* a, const Series* b) {
      return a->confidences.front() > b->confidences.front();
    });
    if (shown.size() > static_cast<std::size_t>(show_))
      shown.resize(static_cast<std::size_t>(show_));
    Grid grid;
    for (const char* head : {"as evolved", "half removed", "one left"}) {
      grid.rows.push_back({head, {}});
    }
    for (const Series* series : shown) {
      grid.column_heads.push_back(series->source.label);
      const std::size_t last = series->size() - 1;
      const std::size_t steps[] = {0, (last + 1) / 2, last};
      for (std::size_t row = 0; row < grid.rows.size(); ++row) {
        const std::size_t i = steps[row];
        GridCell cell;
        cell.image = ImageBatch(1, series->images.shape());
        std::copy_n(series->images[static_cast<int>(i)].data, cell.image.shape().size(),
                    cell.image[0].data);
        cell.marked = series->top1[i] != series->source.class_index;
        cell.caption = confidence_text(static_cast<double>(series->confidences[i]));
        if (cell.marked) cell.caption += " " + model.label(series->top1[i]);
        grid.rows[row].cells.push_back(std::move(cell));
      }
    }
    write_png(std::filesystem::path(out_) / "ablation.png", draw_grid(grid)[0]);
  }

  void summarise(const std::vector<Series>& found, std::size_t images, Console& console) const {
    std::size_t tiles = 0;
    std::size_t kept = 0;
    std::vector<float> before;
    std::vector<float> halved;
    std::vector<float> left;
    for (const Series& series : found) {
      const std::size_t last = series.size() - 1;
      tiles += series.repetition.method == "tiles" ? 1 : 0;
      kept += series.top1[last] == series.source.class_index ? 1 : 0;
      before.push_back(series.confidences.front());
      halved.push_back(series.confidences[(last + 1) / 2]);
      left.push_back(series.confidences[last]);
    }
    const Json summary{{"images", images},
                       {"repetitive", found.size()},
                       {"of_tiles", tiles},
                       {"median_before", median_of(before)},
                       {"median_half_removed", median_of(halved)},
                       {"median_one_left", median_of(left)},
                       {"first_choice_with_one_left", kept}};
    if (json_) {
      console.out << summary.dump(2) << "\n";
      return;
    }
    console.out << fmt::format("{} of {} images repeat an element: {} shapes, {} tiles\n",
                               found.size(), images, found.size() - tiles, tiles);
    if (found.empty()) return;
    console.out << fmt::format(
        "median confidence  {} as evolved, {} with half of the copies, {} with one\n"
        "first choice       {} of {} with one copy\n{}\n",
        confidence_text(summary["median_before"].get<double>()),
        confidence_text(summary["median_half_removed"].get<double>()),
        confidence_text(summary["median_one_left"].get<double>()), kept, found.size(),
        (std::filesystem::path(out_) / "ablation.csv").string());
  }

  static double median_of(std::vector<float> values) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    const double upper = static_cast<double>(values[half]);
    return values.size() % 2 == 1 ? upper : (upper + static_cast<double>(values[half - 1])) / 2;
  }

  std::string run_;
  std::string out_;
  std::string classes_;
  float least_confidence_ = 0;
  RepetitionLimits limits_;
  int show_ = 10;
  std::string progress_ = "auto";
  bool json_ = false;
};

FOOL_REGISTER_COMMAND("ablate", AblateCommand,
                      "Remove copies of what images repeat, and score what is left");

}  // namespace
}  // namespace fool
