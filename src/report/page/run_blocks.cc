#include "report/page/run_blocks.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "fool/core/error.h"
#include "fool/report/image_record.h"
#include "report/page/descent.h"
#include "report/page/pictures.h"

namespace fool {
namespace {

constexpr std::size_t kMetricPoints = 600;
constexpr std::size_t kHistoryPoints = 240;
// A genome of more text than this says nothing to a reader of the page.
constexpr std::size_t kLongestGenome = 200000;

constexpr const char* kMetrics[] = {
    "generation", "evaluations", "equivalents",  "seconds",
    "median",     "mean",        "p10",          "p90",
    "min",        "max",         "at_least_99",  "at_least_9999",
    "qd_score",   "filled",      "replacements", "evaluations_per_second"};

// The double with the float's few digits: 0.1 and not 0.10000000149011612.
double few_digits(float value) {
  const std::string text = to_text(value);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

// Columns rather than rows: a name is there once.
Json metrics_of(const RunReading& run) {
  Json columns = Json::object();
  for (const char* key : kMetrics) {
    Json column = Json::array();
    for (const std::size_t row : evenly_spread(run.metrics.size(), kMetricPoints)) {
      column.push_back(run.metrics[row].value(key, Json(nullptr)));
    }
    columns[key] = std::move(column);
  }
  return columns;
}

struct Step {
  int generation;
  ItemId item;
  float confidence;
};

// How each class's best confidence grew.
std::vector<std::vector<Step>> histories(const RunReading& run) {
  std::vector<std::vector<Step>> result(run.classes.size());
  for (const LoggedItem& item : run.items) {
    for (std::size_t i = 0; i < item.cells.size(); ++i) {
      const auto k = static_cast<std::size_t>(item.cells[i]);
      if (k < result.size()) result[k].push_back({item.generation, item.id, item.confidences[i]});
    }
  }
  return result;
}

Json history_json(const std::vector<Step>& steps) {
  Json points = Json::array();
  for (const std::size_t i : evenly_spread(steps.size(), kHistoryPoints)) {
    points.push_back({steps[i].generation, steps[i].item, few_digits(steps[i].confidence)});
  }
  return points;
}

Json item_json(const LoggedItem& item) {
  const auto best = std::max_element(item.confidences.begin(), item.confidences.end());
  Json json{item.generation, item.parents, item.cells.size()};
  if (best != item.confidences.end()) {
    json.push_back(item.cells[static_cast<std::size_t>(best - item.confidences.begin())]);
    json.push_back(few_digits(*best));
  }
  return json;
}

void emit_items(const RunReading& run, const RunPictures& pictures, int r, const EmitBlock& emit) {
  std::set<ItemId> in_lines;
  for (const auto& [item, champion] : pictures.champions) {
    in_lines.insert(champion.line.begin(), champion.line.end());
  }
  Json items = Json::object();
  for (const ItemId id : in_lines) {
    const LoggedItem* item = run.find(id);
    if (item != nullptr) items[std::to_string(id)] = item_json(*item);
  }
  emit(fmt::format("items-{}", r), script_json(items));
}

void emit_pictures(const RunPictures& pictures, int r, const EmitBlock& emit) {
  for (const auto& [item, champion] : pictures.champions) {
    if (!champion.png.empty()) emit(fmt::format("image-{}-{}", r, item), to_base64(champion.png));
    if (!champion.genome.is_null()) {
      std::string genome = script_json(champion.genome);
      if (genome.size() > kLongestGenome) {
        genome = script_json({{"too_long", genome.size()}});
      }
      emit(fmt::format("genome-{}-{}", r, item), genome);
    }
    emit(fmt::format("line-{}-{}", r, item),
         script_json({{"items", champion.line}, {"drawn", champion.line_drawn}}));
  }
  for (const auto& [item, png] : pictures.ancestors) {
    emit(fmt::format("small-{}-{}", r, item), to_base64(png));
  }
}

// [confidence, generation, item, has a picture], or null.
Json cells_json(const RunReading& run, const RunPictures& pictures) {
  Json cells = Json::array();
  for (const LoggedClass& logged : run.classes) {
    if (!logged.champion) {
      cells.push_back(nullptr);
      continue;
    }
    const LoggedChampion& champion = *logged.champion;
    const auto it = pictures.champions.find(champion.item);
    const bool pictured = it != pictures.champions.end() && !it->second.png.empty();
    cells.push_back(
        {few_digits(champion.confidence), champion.generation, champion.item, pictured ? 1 : 0});
  }
  return cells;
}

}  // namespace

std::string script_json(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

Json emit_run(const RunReading& run, const RunPictures& pictures, int r, const EmitBlock& emit) {
  emit_pictures(pictures, r, emit);
  emit_items(run, pictures, r, emit);
  const auto steps = histories(run);
  Json labels = Json::array();
  for (std::size_t k = 0; k < run.classes.size(); ++k) {
    labels.push_back(run.classes[k].label);
    if (!run.classes[k].champion) continue;
    const LoggedChampion& champion = *run.classes[k].champion;
    if (run.is_ascent()) {
      emit(fmt::format("cell-{}-{}", r, k), script_json(champion.facts));
      continue;
    }
    emit(fmt::format("cell-{}-{}", r, k), script_json({{"parents", champion.parents},
                                                       {"replacements", champion.replacements},
                                                       {"to", champion.evaluations_to},
                                                       {"history", history_json(steps[k])}}));
  }
  const RunRecord& record = run.record;
  Json notes = run.notes;
  for (const std::string& note : pictures.notes) notes.push_back(note);
  return {{"name", run.name()},
          {"kind", run.is_ascent() ? "ascend" : "evolve"},
          {"state", state_of(run)},
          {"ended", record.ended},
          {"version", record.version},
          {"started", record.started},
          {"command", record.command},
          {"host", record.host},
          {"model", record.model},
          {"weights_sha256", record.weights_sha256},
          {"config", record.config},
          {"fingerprint", record.fingerprint},
          {"shape", {pictures.shape.height, pictures.shape.width, pictures.shape.channels}},
          {"notes", std::move(notes)},
          {"metrics", metrics_of(run)},
          {"labels", std::move(labels)},
          {"cells", cells_json(run, pictures)}};
}

}  // namespace fool
