// lineage.jsonl: every item that entered a cell, and its parents: enough to draw the tree of any
// champion.
#include <optional>

#include "fool/report/reporter.h"
#include "report/json_lines.h"

namespace fool {
namespace {

class Lineage : public Reporter {
 public:
  void begin(const RunInfo& info) override {
    file_.emplace(info.folder / "lineage.jsonl", info.first_generation);
  }

  void on_generation(const RunInfo& info, const GenerationReport& report) override {
    std::vector<Json> lines;
    int row = -1;
    for (const Improvement& improvement : report.added.improvements) {
      if (improvement.row != row) {
        row = improvement.row;
        const Item& item = *report.items[static_cast<std::size_t>(row)];
        lines.push_back({{"id", item.id},
                         {"generation", item.generation},
                         {"parents", item.parents},
                         {"cells", Json::array()},
                         {"confidence", Json::array()}});
      }
      lines.back()["cells"].push_back(improvement.cell);
      lines.back()["confidence"].push_back(improvement.after);
    }
    file_->append(lines);
  }

 private:
  std::optional<JsonLines> file_;
};

FOOL_REGISTER(ReporterRegistry,
              {"lineage",
               "lineage.jsonl: a line for every item that entered a cell, with its parents.",
               {},
               {},
               [](const Json&) { return std::make_unique<Lineage>(); }});

}  // namespace
}  // namespace fool
