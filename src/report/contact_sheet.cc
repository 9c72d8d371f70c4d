// contact_sheet.png: all champions on one page.
#include "fool/core/error.h"
#include "fool/report/png.h"
#include "fool/report/reporter.h"
#include "report/common.h"
#include "report/sheet.h"

namespace fool {
namespace {

class ContactSheetReporter : public Reporter {
 public:
  explicit ContactSheetReporter(const Json& settings) : every_(settings.at("every")) {}

  void begin(const RunInfo& info) override {
    remove_file(path(info));  // a killed run may have gone further than its checkpoint
    require_writable(path(info));
  }

  void on_generation(const RunInfo& info, const GenerationReport& report) override {
    if (due(report.generation, every_)) write(info, report.generation, report.stats);
  }

  void end(const RunInfo& info, const RunSummary& summary) override {
    if (summary.generation >= kInitialGeneration) write(info, summary.generation, summary.stats);
  }

 private:
  static std::filesystem::path path(const RunInfo& info) {
    return info.folder / "contact_sheet.png";
  }

  static void write(const RunInfo& info, int generation, const ArchiveStats& stats) {
    std::vector<SheetCell> cells;
    std::vector<int> filled;
    for (int k = 0; k < info.archive.classes(); ++k) {
      const Elite* elite = info.archive.cell(k);
      cells.push_back(
          {label_of(info, k), elite == nullptr ? 0.0F : elite->confidence, elite != nullptr});
      if (elite != nullptr) filled.push_back(k);
    }
    const std::string title =
        fmt::format("{}  generation {}  median confidence {}", info.encoding.name(), generation,
                    confidence_text(stats.median));
    ContactSheet sheet(cells, info.encoding.shape(), title);
    draw_champions(info, filled,
                   [&](int k, const Elite&, ConstImageView image) { sheet.draw(k, image); });
    write_png(path(info), sheet.image()[0]);
  }

  int every_;
};

FOOL_REGISTER(
    ReporterRegistry,
    {"contact_sheet",
     "contact_sheet.png: all champions on one page.",
     {param("every", 0, "Generations between drawing it again; 0 = at the end.").at_least(0)},
     {},
     [](const Json& settings) { return std::make_unique<ContactSheetReporter>(settings); }});

}  // namespace
}  // namespace fool
