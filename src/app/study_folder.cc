#include "app/study_folder.h"

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"
#include "fool/data/csv.h"
#include "fool/report/run_folder.h"
#include "report/common.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

std::string name_in(const fs::path& file) {
  try {
    return Json::parse(read_file(file)).at("name").get<std::string>();
  } catch (const Json::exception& error) {
    fail(ErrorKind::kData, "{} is damaged: {}; remove it", file.string(), complaint_of(error));
  }
}

// The classes of one run.
void append_classes(const PlannedRun& run, std::string& text) {
  const fs::path file = run.folder / "classes.csv";
  const CsvTable table(read_file(file), file.string());
  const std::size_t number = table.column("class");
  const std::size_t label = table.column("label");
  const std::size_t confidence = table.column("confidence");
  for (std::size_t row = 0; row < table.size(); ++row) {
    text += fmt::format("{},{},{},{},{}\n", run.setting, run.seed, table.at(row, number),
                        csv_field(table.at(row, label)), table.at(row, confidence));
  }
}

}  // namespace

void claim_study_folder(const fs::path& folder, const Study& study, const Json& said) {
  require_no_run(folder);
  make_folder(folder);
  const fs::path file = folder / "study.json";
  if (fs::exists(file)) {
    const std::string name = name_in(file);
    if (name != study.name) {
      fail(ErrorKind::kUsage,
           "--out: {} belongs to the study \"{}\", and this is \"{}\"; give another folder",
           folder.string(), name, study.name);
    }
  }
  Json json{{"name", study.name}};
  json.update(said);
  json["name"] = study.name;
  write_file(file, json.dump(2) + "\n");
}

StudyTables collect_study(const Study& study, const std::vector<PlannedRun>& runs,
                          const std::vector<RunFindings>& findings, const fs::path& folder) {
  std::vector<StudyResult> results;
  std::string classes = "setting,seed,class,name,confidence\n";
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const bool finished = findings[i].progress == RunProgress::kFinished;
    results.push_back({runs[i].setting, runs[i].seed, finished, findings[i].lines});
    if (finished) append_classes(runs[i], classes);
  }
  StudyTables tables;
  tables.values = study_values(study, results);
  tables.summaries = summarise(study, tables.values);
  tables.comparisons = compare_settings(study, tables.values);
  write_file(folder / "results.csv", results_csv(study, tables.values));
  write_file(folder / "summary.csv", summary_csv(tables.summaries));
  write_file(folder / "tests.csv", tests_csv(tables.comparisons));
  write_file(folder / "classes.csv", classes);
  return tables;
}

}  // namespace fool
