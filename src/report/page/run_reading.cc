#include "report/page/run_reading.h"

#include <algorithm>
#include <functional>
#include <system_error>
#include <utility>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"
#include "report/page/ascent_reading.h"
#include "report/page/log_table.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code none;
  return fs::exists(path, none);
}

// Hands on the lines of a log, one at a time, as it may be long. The last one of a run that goes on
// may be half written, and is left out; what is damaged otherwise ends the log, with a note.
void for_each_line(const fs::path& path, std::vector<std::string>& notes,
                   const std::function<void(Json)>& use) {
  const std::string name = path.filename().string();
  if (!is_there(path)) {
    notes.push_back(fmt::format("There is no {}.", name));
    return;
  }
  const std::string text = read_file(path);
  int number = 0;
  for (std::size_t start = 0, end = 0; (end = text.find('\n', start)) != std::string::npos;
       start = end + 1) {
    ++number;
    try {
      use(Json::parse(text.begin() + static_cast<std::ptrdiff_t>(start),
                      text.begin() + static_cast<std::ptrdiff_t>(end)));
    } catch (const Json::exception& error) {
      notes.push_back(fmt::format("Line {} of {} is damaged ({}); it is read up to there.", number,
                                  name, complaint_of(error)));
      return;
    } catch (const Error& error) {
      notes.push_back(fmt::format("Line {} of {} is damaged ({}); it is read up to there.", number,
                                  name, error.what()));
      return;
    }
  }
}

std::vector<Json> read_metrics(const fs::path& path, std::vector<std::string>& notes) {
  std::vector<Json> lines;
  for_each_line(path, notes, [&](Json line) {
    line.at("generation").get<int>();  // what every line must have
    lines.push_back(std::move(line));
  });
  return lines;
}

std::vector<LoggedItem> read_items(const fs::path& path, std::vector<std::string>& notes) {
  std::vector<LoggedItem> items;
  for_each_line(path, notes, [&](const Json& line) {
    LoggedItem item;
    item.id = line.at("id").get<ItemId>();
    item.generation = line.at("generation").get<int>();
    item.parents = line.at("parents").get<std::vector<ItemId>>();
    item.cells = line.at("cells").get<std::vector<int>>();
    item.confidences = line.at("confidence").get<std::vector<float>>();
    const bool no_class = std::any_of(item.cells.begin(), item.cells.end(),
                                      [](int cell) { return cell < 0 || cell >= kMostClasses; });
    if (no_class) fail(ErrorKind::kData, "a class that does not exist");
    if (item.cells.size() != item.confidences.size()) {
      fail(ErrorKind::kData, "{} cells with {} confidences", item.cells.size(),
           item.confidences.size());
    }
    if (!items.empty() && items.back().id >= item.id) {
      fail(ErrorKind::kData, "item {} after item {}", item.id, items.back().id);
    }
    items.push_back(std::move(item));
  });
  return items;
}

std::vector<LoggedClass> read_classes(const fs::path& path) {
  const LogTable table(path);
  std::vector<LoggedClass> classes(table.size());
  for (std::size_t row = 0; row < table.size(); ++row) {
    classes[row].label = table.text(row, "label");
    if (table.text(row, "confidence").empty()) continue;
    LoggedChampion champion;
    champion.item = table.number<ItemId>(row, "item");
    champion.generation = table.number<int>(row, "generation");
    champion.confidence = table.number<float>(row, "confidence");
    champion.parents = table.ids(row, "parents");
    champion.replacements = table.number<std::uint64_t>(row, "replacements");
    champion.evaluations_to = {table.number<std::uint64_t>(row, "evaluations_to_50"),
                               table.number<std::uint64_t>(row, "evaluations_to_90"),
                               table.number<std::uint64_t>(row, "evaluations_to_99")};
    champion.genome_sha256 = table.text(row, "genome_sha256");
    classes[row].champion = std::move(champion);
  }
  return classes;
}

// The table of a run that has not ended is of its beginning; whoever took a cell last, holds it.
void take_champions_from_log(RunReading& run) {
  for (LoggedClass& logged : run.classes) logged.champion.reset();
  for (const LoggedItem& item : run.items) {
    for (std::size_t i = 0; i < item.cells.size(); ++i) {
      const auto k = static_cast<std::size_t>(item.cells[i]);
      while (run.classes.size() <= k)
        run.classes.push_back({std::to_string(run.classes.size()), {}});
      LoggedChampion next;
      if (run.classes[k].champion) next = *run.classes[k].champion;
      next.item = item.id;
      next.generation = item.generation;
      next.confidence = item.confidences[i];
      next.parents = item.parents;
      ++next.replacements;
      for (std::size_t m = 0; m < kMilestones.size(); ++m) {
        if (next.evaluations_to[m] == 0 && next.confidence >= kMilestones[m]) {
          next.evaluations_to[m] = item.id + 1;
        }
      }
      run.classes[k].champion = std::move(next);
    }
  }
}

}  // namespace

const LoggedItem* RunReading::find(ItemId item) const {
  const auto it = std::lower_bound(items.begin(), items.end(), item,
                                   [](const LoggedItem& a, ItemId id) { return a.id < id; });
  return it == items.end() || it->id != item ? nullptr : &*it;
}

int RunReading::last_generation() const {
  int last = kInitialGeneration - 1;
  if (!metrics.empty()) last = metrics.back().at("generation").get<int>();
  if (!items.empty()) last = std::max(last, items.back().generation);
  return last;
}

std::string RunReading::name() const {
  const fs::path whole = fs::absolute(folder).lexically_normal();
  const std::string name =
      whole.has_filename() ? whole.filename().string() : whole.parent_path().filename().string();
  return setting.empty() ? name : name + ": " + setting;
}

std::vector<RunReading> read_runs(const fs::path& folder) {
  RunRecord record = read_run_record(folder);
  if (record.config.contains("ascend")) return read_ascents(folder, record);
  RunReading run;
  run.folder = folder;
  run.record = std::move(record);
  run.metrics = read_metrics(folder / "metrics.jsonl", run.notes);
  run.items = read_items(folder / "lineage.jsonl", run.notes);
  if (is_there(folder / "classes.csv")) {
    run.classes = read_classes(folder / "classes.csv");
  } else {
    run.notes.emplace_back("There is no classes.csv, so classes have no names.");
  }
  if (!run.record.ended || run.classes.empty()) take_champions_from_log(run);
  if (run.items.empty() && run.classes.empty()) {
    run.notes.emplace_back("Nothing has been logged yet.");
  }
  std::vector<RunReading> runs;
  runs.push_back(std::move(run));
  return runs;
}

std::string state_of(const RunReading& run) {
  if (run.is_ascent())
    return run.record.ended ? "complete" : "not ended: it goes on or was stopped";
  const int last = run.last_generation();
  if (last < kInitialGeneration) return "nothing logged yet";
  const int planned = run.record.config.value("generations", last);
  const std::string so_far = last == kInitialGeneration ? std::string("the initial population")
                                                        : fmt::format("generation {}", last);
  if (!run.record.ended)
    return fmt::format("not ended: it goes on or was killed; {} logged", so_far);
  if (last >= planned) return "complete";
  const Json& config = run.record.config;
  const bool budget = config.value("budget_evaluations", 0.0) > 0 ||
                      config.value("budget_seconds", 0.0) > 0 ||
                      config.value("stop_at_median", 0.0) > 0;
  return budget ? fmt::format("ended by its budget or a signal after {}", so_far)
                : fmt::format("interrupted after {} of {}", so_far, planned);
}

}  // namespace fool
