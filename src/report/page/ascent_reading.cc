#include "report/page/ascent_reading.h"

#include <string>
#include <utility>

#include "report/page/log_table.h"

namespace fool {
namespace {

// Columns of the table that a reader of the page wants to see, as numbers.
constexpr const char* kFacts[] = {"iteration",
                                  "iterations",
                                  "norm",
                                  "distance",
                                  "iteration_to_majority",
                                  "iteration_to_90",
                                  "iteration_to_99",
                                  "iteration_to_999",
                                  "iteration_to_9999"};

RunReading without_images(const std::filesystem::path& folder, const RunRecord& record,
                          const std::string& setting) {
  RunReading run;
  run.folder = folder;
  run.record = record;
  run.setting = setting;
  Json& settings = run.record.config["ascend"]["settings"];
  if (settings.is_object() && settings.contains(setting)) {
    const Json own = settings.at(setting);
    settings = Json{{setting, own}};
  }
  return run;
}

LoggedChampion champion_of(const LogTable& table, std::size_t row) {
  LoggedChampion champion;
  champion.item = row;
  champion.generation = table.number<int>(row, "iteration");
  champion.confidence = table.number<float>(row, "confidence");
  champion.image = std::filesystem::path(table.text(row, "image")).filename().string();
  for (const char* key : kFacts) {
    if (table.text(row, key).empty()) continue;
    champion.facts[key] = table.number<double>(row, key);
  }
  champion.facts["start"] = table.number<int>(row, "start");
  champion.facts["complete"] = table.text(row, "complete") == "yes";
  champion.facts["gradient"] = table.text(row, "gradient");
  return champion;
}

}  // namespace

std::vector<RunReading> read_ascents(const std::filesystem::path& folder, const RunRecord& record) {
  const LogTable table(folder / "results.csv");
  std::vector<RunReading> runs;
  std::vector<int> images;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::string& setting = table.text(row, "setting");
    std::size_t r = 0;
    while (r < runs.size() && runs[r].setting != setting) ++r;
    if (r == runs.size()) {
      runs.push_back(without_images(folder, record, setting));
      images.push_back(0);
    }
    ++images[r];
    const int k = table.number<int>(row, "class", -1);
    if (k < 0 || k >= kMostClasses) {
      fail(ErrorKind::kData, "{}: class: there is no class {}", (folder / "results.csv").string(),
           k);
    }
    std::vector<LoggedClass>& classes = runs[r].classes;
    while (classes.size() <= static_cast<std::size_t>(k)) {
      classes.push_back({std::to_string(classes.size()), {}});
    }
    LoggedClass& logged = classes[static_cast<std::size_t>(k)];
    logged.label = table.text(row, "label");
    LoggedChampion champion = champion_of(table, row);
    if (!logged.champion || champion.confidence > logged.champion->confidence) {
      logged.champion = std::move(champion);
    }
  }
  if (runs.empty()) {
    runs.push_back(without_images(folder, record, ""));
    runs.back().notes.emplace_back("No ascent has ended yet.");
    return runs;
  }
  for (std::size_t r = 0; r < runs.size(); ++r) {
    std::size_t shown = 0;
    for (const LoggedClass& logged : runs[r].classes) shown += logged.champion ? 1 : 0;
    if (static_cast<std::size_t>(images[r]) > shown) {
      runs[r].notes.push_back(fmt::format(
          "Of each class's starts the surest image is shown: {} of {}.", shown, images[r]));
    }
  }
  return runs;
}

}  // namespace fool
