// fool lineage: who a champion's ancestors were, as a picture and as a table, and how often elites
// came from another class.
#include <algorithm>
#include <filesystem>
#include <map>
#include <ostream>

#include "app/ancestry.h"
#include "app/command.h"
#include "app/new_file.h"
#include "app/option_checks.h"
#include "app/picture_output.h"
#include "app/saved_images.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/render/renderer.h"
#include "fool/report/image_record.h"
#include "report/common.h"
#include "report/grid.h"

namespace fool {
namespace {

// A champion's line, class by class.
struct Line {
  int class_index = 0;
  float confidence = 0.0F;
  std::vector<ItemId> items;  // from the first ancestor on
  int switches = 0;           // children whose parent was no champion of the class that they took
};

class LineageCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("run", run_, "Folder of a run of fool evolve")->required()->type_name("RUN");
    app.add_option("--class", class_, "Whose champion's ancestors to draw and to list")
        ->type_name("K")
        ->check(at_least(0));
    output_.declare(app, "The picture of the ancestors; with a table of them, FILE.csv, beside it");
    app.add_option("--steps", steps_, "At most so many ancestors in the picture [24]")
        ->type_name("N")
        ->check(from_to(2, 1000));
    app.add_option("--csv", csv_, "Write the table of all classes there")->type_name("FILE.csv");
    app.add_flag("--json", json_, "Print the table of all classes as JSON");
    app.footer(
        "Without --class: for each class, how many ancestors its champion has, and how often its "
        "cell was taken by a\n"
        "child of its own champion and by a child of another class's (goal switching).\n"
        "With it: the line from the first ancestor to the champion. A child that took a cell which "
        "its parent did not hold\n"
        "is framed. Images of ancestors are in no file: they are drawn again from the addresses of "
        "their random numbers.\n"
        "Where a child has two parents, the line follows the one that held the class's cell, or "
        "the "
        "first.\n"
        "Examples:\n"
        "  fool lineage runs/quickstart\n"
        "  fool lineage runs/quickstart --class 3 --out three.png");
  }

  int run(Console& console) override {
    if (class_ >= 0 && !output_.wanted()) {
      fail(ErrorKind::kUsage, "--class {}: expected --out FILE.png as well", class_);
    }
    if (class_ < 0 && output_.wanted()) {
      fail(ErrorKind::kUsage, "--out {}: expected --class K as well: whose ancestors?",
           output_.path());
    }
    if (output_.wanted()) output_.check();
    if (!csv_.empty()) require_new_file("--csv", csv_, ".csv", output_.may_replace());
    const Ancestry ancestry(run_, gaps_of_run(console));
    for (const SavedImage& image : saved_images(run_)) labels_[image.class_index] = image.label;
    if (class_ >= 0) {
      draw(ancestry, console);
    }
    if (class_ < 0 || !csv_.empty() || json_) summarise(ancestry, console);
    return 0;
  }

 private:
  Ancestry::Gaps gaps_of_run(Console& console) const {
    const RunRecord record = read_run_record(run_);
    if (record.config.contains("ascend")) {
      fail(ErrorKind::kUsage, "{} is a run of fool ascend; expected one of fool evolve", run_);
    }
    const std::string search = record.config.at("search").at("type");
    if (children_are_of_champions(search)) return Ancestry::Gaps::kDamage;
    console.err << "fool: " << search << " makes children of images that took no cell, too, which "
                << "the log does not know: lines of ancestors begin behind them\n";
    return Ancestry::Gaps::kExpected;
  }

  std::string label(int k) const {
    const auto it = labels_.find(k);
    return it == labels_.end() ? std::to_string(k) : it->second;
  }

  // Did the item take a cell of which its parent on the line was not the holder? Its own class's
  // cell, if it took that; else the one in which it is surest.
  static int cell_of(const Ancestor& item, int class_index) {
    const auto own = std::find(item.cells.begin(), item.cells.end(), class_index);
    if (own != item.cells.end()) return class_index;
    const auto surest = std::max_element(item.confidences.begin(), item.confidences.end());
    return item.cells[static_cast<std::size_t>(surest - item.confidences.begin())];
  }

  static bool switched(const Ancestry& ancestry, ItemId parent, const Ancestor& child, int cell) {
    return ancestry.holder_before(child.generation, cell) != parent;
  }

  static Line line_of(const Ancestry& ancestry, int k, const Ancestry::Holder& holder) {
    Line line{k, holder.confidence, ancestry.line(holder.item, k), 0};
    for (std::size_t i = 1; i < line.items.size(); ++i) {
      const Ancestor& child = ancestry.item(line.items[i]);
      line.switches += switched(ancestry, line.items[i - 1], child, cell_of(child, k)) ? 1 : 0;
    }
    return line;
  }

  void draw(const Ancestry& ancestry, Console& console) const {
    const auto holders = ancestry.holders(ancestry.last_generation());
    if (class_ >= ancestry.classes() || !holders[static_cast<std::size_t>(class_)]) {
      fail(ErrorKind::kUsage, "--class {}: the run has no such class; expected 0 to {}", class_,
           ancestry.classes() - 1);
    }
    const Line line = line_of(ancestry, class_, *holders[static_cast<std::size_t>(class_)]);
    std::filesystem::path table = output_.path();
    write_file(table.replace_extension(".csv"), table_of(ancestry, line));

    const GenomeReplay replay = replay_of(run_, ancestry);
    const std::vector<std::size_t> steps = shown_steps(line);
    std::vector<ItemId> wanted;
    for (const std::size_t step : steps) wanted.push_back(line.items[step]);
    const std::map<ItemId, GenomePtr> genomes = replay.genomes(wanted);
    const auto renderer = make_renderer("auto", replay.encoding());
    constexpr std::size_t kPerRow = 8;
    Grid grid;
    grid.title = fmt::format("{}: {} and its {} ancestors, {} of them shown; changes of class: {}",
                             std::filesystem::absolute(run_).lexically_normal().filename().string(),
                             label(class_), line.items.size() - 1, steps.size() - 1, line.switches);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (i % kPerRow == 0) grid.rows.emplace_back();
      const Ancestor& item = ancestry.item(line.items[steps[i]]);
      const int cell = cell_of(item, class_);
      ImageBatch image(1, replay.encoding().shape());
      renderer->render({&genomes.at(item.id), 1}, image);
      const bool marked = steps[i] > 0 && switched(ancestry, line.items[steps[i] - 1], item, cell);
      grid.rows.back().cells.push_back(
          {std::move(image),
           fmt::format("{}: {} {}", generation_text(item.generation), label(cell),
                       confidence_text(static_cast<double>(confidence_in(item, cell)), 3)),
           marked});
    }
    output_.write(draw_grid(grid)[0]);
    console.out << output_.path() << "\n" << table.string() << "\n";
  }

  static std::string generation_text(int generation) {
    return generation == kInitialGeneration ? "start" : fmt::format("{}", generation);
  }

  static float confidence_in(const Ancestor& item, int cell) {
    const auto at = std::find(item.cells.begin(), item.cells.end(), cell) - item.cells.begin();
    return item.confidences[static_cast<std::size_t>(at)];
  }

  // All if there is room; else the first, the last, and others at equal distances.
  std::vector<std::size_t> shown_steps(const Line& line) const {
    const std::size_t count = line.items.size();
    const std::size_t shown = std::min(count, static_cast<std::size_t>(steps_));
    std::vector<std::size_t> steps;
    for (std::size_t i = 0; i < shown; ++i) {
      steps.push_back(shown == 1 ? count - 1 : i * (count - 1) / (shown - 1));
    }
    return steps;
  }

  std::string table_of(const Ancestry& ancestry, const Line& line) const {
    std::string text = "step,item,generation,parents,cells,class,label,confidence,switch\n";
    for (std::size_t i = 0; i < line.items.size(); ++i) {
      const Ancestor& item = ancestry.item(line.items[i]);
      const int cell = cell_of(item, class_);
      const bool marked = i > 0 && switched(ancestry, line.items[i - 1], item, cell);
      text += fmt::format("{},{},{},{},{},{},{},{},{}\n", i, item.id, item.generation,
                          to_text(item.parents), fmt::join(item.cells, " "), cell,
                          csv_field(label(cell)), to_text(confidence_in(item, cell)),
                          marked ? "yes" : "no");
    }
    return text;
  }

  void summarise(const Ancestry& ancestry, Console& console) const {
    const auto holders = ancestry.holders(ancestry.last_generation());
    const std::vector<SwitchCounts> counts = ancestry.switches();
    std::vector<Line> lines;
    SwitchCounts all;
    for (int k = 0; k < ancestry.classes(); ++k) {
      const auto& holder = holders[static_cast<std::size_t>(k)];
      if (!holder) continue;
      lines.push_back(line_of(ancestry, k, *holder));
      all.same_class += counts[static_cast<std::size_t>(k)].same_class;
      all.other_class += counts[static_cast<std::size_t>(k)].other_class;
    }
    if (!csv_.empty()) write_file(csv_, csv_of(lines, counts));
    if (json_) {
      console.out << json_of(lines, counts, all).dump(2) << "\n";
      return;
    }
    if (class_ >= 0) return;
    print(lines, counts, all, console);
  }

  std::string csv_of(const std::vector<Line>& lines,
                     const std::vector<SwitchCounts>& counts) const {
    std::string text =
        "class,label,confidence,ancestors,switches_on_line,taken_by_own_class,"
        "taken_by_other_class\n";
    for (const Line& line : lines) {
      const SwitchCounts& count = counts[static_cast<std::size_t>(line.class_index)];
      text +=
          fmt::format("{},{},{},{},{},{},{}\n", line.class_index,
                      csv_field(label(line.class_index)), to_text(line.confidence),
                      line.items.size() - 1, line.switches, count.same_class, count.other_class);
    }
    return text;
  }

  Json json_of(const std::vector<Line>& lines, const std::vector<SwitchCounts>& counts,
               const SwitchCounts& all) const {
    Json classes = Json::array();
    for (const Line& line : lines) {
      const SwitchCounts& count = counts[static_cast<std::size_t>(line.class_index)];
      classes.push_back({{"class", line.class_index},
                         {"label", label(line.class_index)},
                         {"confidence", line.confidence},
                         {"ancestors", line.items.size() - 1},
                         {"switches_on_line", line.switches},
                         {"taken_by_own_class", count.same_class},
                         {"taken_by_other_class", count.other_class}});
    }
    return {{"run", run_},
            {"taken_by_own_class", all.same_class},
            {"taken_by_other_class", all.other_class},
            {"share_of_switches", all.share_of_switches()},
            {"classes", classes}};
  }

  void print(const std::vector<Line>& lines, const std::vector<SwitchCounts>& counts,
             const SwitchCounts& all, Console& console) const {
    constexpr std::size_t kShown = 40;
    console.out << fmt::format("{:<24}  {:>10}  {:>9}  {:>8}  {:>11}  {:>13}\n", "class",
                               "confidence", "ancestors", "switches", "by its own", "by another's");
    for (std::size_t i = 0; i < std::min(lines.size(), kShown); ++i) {
      const Line& line = lines[i];
      const SwitchCounts& count = counts[static_cast<std::size_t>(line.class_index)];
      console.out << fmt::format(
          "{:<24.24}  {:>10}  {:>9}  {:>8}  {:>11}  {:>13}\n", label(line.class_index),
          confidence_text(static_cast<double>(line.confidence), 6), line.items.size() - 1,
          line.switches, count.same_class, count.other_class);
    }
    if (lines.size() > kShown) {
      console.out << fmt::format("and {} more; --csv FILE has all\n", lines.size() - kShown);
    }
    console.out << fmt::format(
        "\n{} cells were taken by children: {} by a child of the cell's own champion, {} ({:.1f} "
        "%) "
        "by a child of another class's\n",
        all.same_class + all.other_class, all.same_class, all.other_class,
        100 * all.share_of_switches());
  }

  std::string run_;
  int class_ = -1;
  PictureOutput output_;
  int steps_ = 24;
  std::string csv_;
  bool json_ = false;
  std::map<int, std::string> labels_;
};

FOOL_REGISTER_COMMAND("lineage", LineageCommand,
                      "Draw a champion's ancestors, and count how often classes were changed");

}  // namespace
}  // namespace fool
