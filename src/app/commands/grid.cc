// fool grid: images of runs side by side on one page, a column for each class and a row for each
// run.
#include "report/grid.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>

#include "app/ancestry.h"
#include "app/ascent_plan.h"
#include "app/command.h"
#include "app/measurement.h"
#include "app/option_checks.h"
#include "app/picture_output.h"
#include "app/saved_images.h"
#include "fool/core/error.h"
#include "fool/render/renderer.h"
#include "fool/report/png.h"
#include "fool/study/metrics_file.h"
#include "report/common.h"

namespace fool {
namespace {

constexpr std::size_t kMostColumns = 20;  // where no classes are chosen
constexpr std::size_t kChosen = 10;       // then

// What a row may show: by class.
struct Source {
  std::string head;
  std::map<int, SavedImage> images;
  // Of a run at an earlier generation: images that no file holds. Empty: the files.
  std::map<int, ImageBatch> drawn;
};

// The last part of a path that says something.
std::string name_of(const std::filesystem::path& path) {
  const std::filesystem::path whole = std::filesystem::absolute(path).lexically_normal();
  return whole.filename().empty() ? whole.parent_path().filename().string()
                                  : whole.filename().string();
}

int last_logged_generation(const std::filesystem::path& run) {
  const std::filesystem::path file = run / "metrics.jsonl";
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return kInitialGeneration;
  const std::vector<MetricsLine> lines = read_metrics(file);
  return lines.empty() ? kInitialGeneration : lines.back().generation;
}

class GridCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("run", runs_, "Folders of runs or of images, or images")
        ->required()
        ->type_name("RUN ...");
    output_.declare(app, "The picture to write");
    app.get_option("--out")->required();
    app.add_option("--classes", classes_,
                   "Which classes [all; of more than 20 the 10 with the highest confidences]")
        ->type_name("all|published|0,3,5-7")
        ->check(not_empty());
    app.add_option("--top", top_, "The N classes with the highest median confidence over the rows")
        ->type_name("N")
        ->check(at_least(1));
    app.add_option("--generations", generations_,
                   "A row for each of these generations of each run, -1 being the initial "
                   "population; such images are drawn again from the run's lineage")
        ->type_name("-1,10,200")
        ->delimiter(',')
        ->check(at_least(kInitialGeneration));
    app.add_option("--wrap", wrap_, "A gallery instead: all images, the surest first, N to a line")
        ->type_name("N")
        ->check(at_least(1));
    app.add_option("--names", names_, "What stands before the rows [names of the runs]")
        ->type_name("NAME,NAME")
        ->delimiter(',');
    app.add_option("--title", title_, "A line above everything")->type_name("TEXT");
    app.add_option("--tile", tile_, "Width and height of an image [what there is room for]")
        ->type_name("PIXELS")
        ->check(from_to(8, 2048));
    app.footer(
        "An ascent has a row for each setting and start. Every caption is the confidence that was "
        "logged, cut and not rounded.\n"
        "Examples:\n"
        "  fool grid runs/mnist-* --out digits.png\n"
        "  fool grid runs/a runs/b --classes 38-40,151-153 --names first,second --out lizards.png\n"
        "  fool grid runs/quickstart --generations=-1,0,10,50,200 --out growth.png\n"
        "  fool grid runs/imagenet-* --top 60 --wrap 12 --out gallery.png");
  }

  int run(Console& console) override {
    output_.check();
    std::vector<Source> sources;
    for (const std::string& run : runs_) {
      generations_.empty() ? add_saved(run, sources) : add_drawn(run, sources);
    }
    rename(sources);
    const std::vector<int> classes = chosen_classes(sources);
    Grid grid = wrap_ > 0 ? gallery(sources, classes) : table(sources, classes);
    grid.title = title_;
    grid.tile = tile_;
    output_.write(draw_grid(grid)[0]);
    console.out << output_.path() << "\n";
    return 0;
  }

 private:
  // The first image of each class in the first row, the second in the second, and so on: of a run,
  // which has one of each, that is one row; of an ascent, one for each setting and start.
  void add_saved(const std::string& run, std::vector<Source>& sources) const {
    std::vector<Source> rows;
    for (const SavedImage& image : saved_images(run)) {
      auto row = std::find_if(rows.begin(), rows.end(), [&](const Source& source) {
        return source.images.count(image.class_index) == 0 &&
               source.images.begin()->second.series == image.series;
      });
      if (row == rows.end()) {
        rows.push_back({head_of(run, image.series), {}, {}});
        row = std::prev(rows.end());
      }
      row->images[image.class_index] = image;
    }
    std::move(rows.begin(), rows.end(), std::back_inserter(sources));
  }

  // Of an ascent, its series as well; of one ascent alone, nothing else.
  std::string head_of(const std::string& run, const std::string& series) const {
    if (series.empty()) return name_of(run);
    return runs_.size() == 1 ? series : name_of(run) + ", " + series;
  }

  void add_drawn(const std::string& run, std::vector<Source>& sources) const {
    const Ancestry ancestry(run);
    const GenomeReplay replay = replay_of(run, ancestry);
    const int last = std::max(ancestry.last_generation(), last_logged_generation(run));
    for (const int generation : generations_) {
      if (generation <= last) continue;
      fail(ErrorKind::kUsage, "--generations {}: the last generation of {} is {}", generation, run,
           last);
    }
    std::map<int, std::string> labels;
    for (const SavedImage& image : saved_images(run)) labels[image.class_index] = image.label;
    std::set<ItemId> wanted;
    for (const int generation : generations_) {
      for (const auto& holder : ancestry.holders(generation)) {
        if (holder) wanted.insert(holder->item);
      }
    }
    const std::map<ItemId, GenomePtr> genomes = replay.genomes({wanted.begin(), wanted.end()});
    const auto renderer = make_renderer("auto", replay.encoding());
    for (const int generation : generations_) {
      const std::string head = generation == kInitialGeneration
                                   ? "initial population"
                                   : fmt::format("generation {}", generation);
      Source source{runs_.size() == 1 ? head : name_of(run) + ", " + head, {}, {}};
      const auto holders = ancestry.holders(generation);
      for (std::size_t k = 0; k < holders.size(); ++k) {
        if (!holders[k]) continue;
        const int class_index = static_cast<int>(k);
        source.images[class_index] = {run, class_index, labels[class_index], holders[k]->confidence,
                                      ""};
        ImageBatch image(1, replay.encoding().shape());
        renderer->render({&genomes.at(holders[k]->item), 1}, image);
        source.drawn[class_index] = std::move(image);
      }
      sources.push_back(std::move(source));
    }
  }

  void rename(std::vector<Source>& sources) const {
    if (names_.empty()) return;
    if (names_.size() != sources.size()) {
      fail(ErrorKind::kUsage, "--names: expected a name for each of {} rows, found {}",
           sources.size(), names_.size());
    }
    for (std::size_t i = 0; i < sources.size(); ++i) sources[i].head = names_[i];
  }

  std::vector<int> chosen_classes(const std::vector<Source>& sources) const {
    std::map<int, std::vector<double>> confidences;
    for (const Source& source : sources) {
      for (const auto& [k, image] : source.images) {
        confidences[k].push_back(static_cast<double>(image.confidence));
      }
    }
    std::vector<int> all;
    for (const auto& [k, values] : confidences) all.push_back(k);
    std::vector<int> chosen = all;
    if (!classes_.empty()) {
      chosen.clear();
      for (const int k : parse_classes(classes_, all.back() + 1, "what is shown")) {
        if (confidences.count(k) != 0) chosen.push_back(k);
      }
      if (chosen.empty()) {
        fail(ErrorKind::kUsage, "--classes {}: there are no images of these classes", classes_);
      }
    }
    std::size_t count = static_cast<std::size_t>(top_);
    if (count == 0 && classes_.empty() && wrap_ == 0 && all.size() > kMostColumns) count = kChosen;
    if (count > 0 && count < chosen.size()) {
      std::map<int, double> medians;
      for (const int k : chosen) medians[k] = median(confidences[k]);
      std::stable_sort(chosen.begin(), chosen.end(),
                       [&](int a, int b) { return medians[a] > medians[b]; });
      chosen.resize(count);
      std::sort(chosen.begin(), chosen.end());
    }
    return chosen;
  }

  static ImageBatch pixels(const Source& source, int k) {
    const auto drawn = source.drawn.find(k);
    return drawn == source.drawn.end() ? read_png(source.images.at(k).file).image : drawn->second;
  }

  static Grid table(const std::vector<Source>& sources, const std::vector<int>& classes) {
    Grid grid;
    for (const int k : classes) {
      for (const Source& source : sources) {
        const auto image = source.images.find(k);
        if (image == source.images.end()) continue;
        grid.column_heads.push_back(image->second.label);
        break;
      }
    }
    for (const Source& source : sources) {
      GridRow row{source.head, {}};
      for (const int k : classes) {
        const auto image = source.images.find(k);
        if (image == source.images.end()) {
          row.cells.emplace_back();
          continue;
        }
        row.cells.push_back({pixels(source, k),
                             confidence_text(static_cast<double>(image->second.confidence), 5),
                             false});
      }
      grid.rows.push_back(std::move(row));
    }
    return grid;
  }

  Grid gallery(const std::vector<Source>& sources, const std::vector<int>& classes) const {
    struct Shown {
      const Source* source;
      const SavedImage* image;
    };
    std::vector<Shown> shown;
    for (const Source& source : sources) {
      for (const int k : classes) {
        const auto image = source.images.find(k);
        if (image != source.images.end()) shown.push_back({&source, &image->second});
      }
    }
    std::stable_sort(shown.begin(), shown.end(), [](const Shown& a, const Shown& b) {
      return a.image->confidence > b.image->confidence;
    });
    Grid grid;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      if (i % static_cast<std::size_t>(wrap_) == 0) grid.rows.emplace_back();
      const SavedImage& image = *shown[i].image;
      grid.rows.back().cells.push_back(
          {pixels(*shown[i].source, image.class_index),
           confidence_text(static_cast<double>(image.confidence)) + " " + image.label, false});
    }
    return grid;
  }

  std::vector<std::string> runs_;
  PictureOutput output_;
  std::string classes_;
  int top_ = 0;
  std::vector<int> generations_;
  int wrap_ = 0;
  std::vector<std::string> names_;
  std::string title_;
  int tile_ = 0;
};

FOOL_REGISTER_COMMAND("grid", GridCommand, "Show images of runs side by side on one page");

}  // namespace
}  // namespace fool
