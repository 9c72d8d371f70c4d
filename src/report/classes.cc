// classes.csv: a line a class, with what its champion is and how soon the class was reached. Equal
// runs, equal files.
#include <map>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/report/image_record.h"
#include "fool/report/reporter.h"
#include "report/common.h"

namespace fool {
namespace {

constexpr const char* kColumns =
    "class,label,confidence,generation,evaluation,evaluations_to_50,evaluations_to_90,evaluations_"
    "to_99,"
    "replacements,item,parents,genome_sha256,image\n";

// Empty: not reached.
std::string milestone(std::uint64_t evaluations) {
  return evaluations == 0 ? "" : std::to_string(evaluations);
}

class Classes : public Reporter {
 public:
  explicit Classes(const Json& settings) : every_(settings.at("every")) {}

  // At once, so that the file of a resumed run never shows more than its checkpoint.
  void begin(const RunInfo& info) override { write(info); }

  void on_generation(const RunInfo& info, const GenerationReport& report) override {
    if (due(report.generation, every_)) write(info);
  }

  void end(const RunInfo& info, const RunSummary& summary) override { write(info); }

 private:
  void write(const RunInfo& info) {
    std::string text = kColumns;
    for (int k = 0; k < info.archive.classes(); ++k) text += row(info, k);
    write_file(info.folder / "classes.csv", text);
  }

  std::string row(const RunInfo& info, int k) {
    const std::string label = label_of(info, k);
    const Elite* elite = info.archive.cell(k);
    if (elite == nullptr) return fmt::format("{},{},,,,,,,0,,,,\n", k, csv_field(label));
    const Item& item = *elite->item;
    return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", k, csv_field(label),
                       to_text(elite->confidence), item.generation, item.id + 1,
                       milestone(elite->evaluations_to[0]), milestone(elite->evaluations_to[1]),
                       milestone(elite->evaluations_to[2]), elite->replacements, item.id,
                       to_text(item.parents), genome_hash(info, item),
                       "images/" + image_file_name(k, label));
  }

  const std::string& genome_hash(const RunInfo& info, const Item& item) {
    std::string& hash = hashes_[item.id];
    if (hash.empty()) hash = sha256_hex(info.encoding.encode(*item.genome));
    return hash;
  }

  int every_;
  std::map<ItemId, std::string> hashes_;  // by item
};

FOOL_REGISTER(
    ReporterRegistry,
    {"classes",
     "classes.csv: each class's confidence, champion, parents and evaluations to .5, .9 and .99.",
     {param("every", 0, "Generations between rewriting the file; 0 = at the end.").at_least(0)},
     {},
     [](const Json& settings) { return std::make_unique<Classes>(settings); }});

}  // namespace
}  // namespace fool
