// What the logs in a run's folder tell, for the page that shows it. A run that still goes on or was
// killed is read as it is: what is missing or not whole is told in a sentence and not refused.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/json.h"
#include "fool/report/run_folder.h"

namespace fool {

// A line of lineage.jsonl: an item and the cells that it took.
struct LoggedItem {
  ItemId id = 0;
  int generation = kInitialGeneration;
  std::vector<ItemId> parents;
  std::vector<int> cells;
  std::vector<float> confidences;  // of the cells
};

// Who holds a class, and how soon it was reached.
struct LoggedChampion {
  ItemId item = 0;
  int generation = kInitialGeneration;
  float confidence = 0.0F;
  std::vector<ItemId> parents;
  std::uint64_t replacements = 0;
  std::array<std::uint64_t, kMilestones.size()> evaluations_to{};  // 0 = not yet
  std::string genome_sha256;  // of Encoding::encode; empty: not known
  std::string image;          // its file in "images"; empty: as the class is called
  Json facts;                 // of an ascent
};

struct LoggedClass {
  std::string label;
  std::optional<LoggedChampion> champion;
};

// No network has as many; a damaged log must not fill the memory.
inline constexpr int kMostClasses = 1 << 24;

struct RunReading {
  std::filesystem::path folder;
  std::string
      setting;  // of an ascent, whose folder may hold several; its champions' items are rows
  RunRecord record;
  std::vector<Json> metrics;         // lines of metrics.jsonl
  std::vector<LoggedItem> items;     // by ascending id
  std::vector<LoggedClass> classes;  // [K]
  std::vector<std::string> notes;    // what is missing, a sentence each

  const LoggedItem* find(ItemId item) const;  // null if it took no cell
  int last_generation() const;                // of the logs
  bool is_ascent() const { return record.config.contains("ascend"); }
  std::string name() const;  // of the folder, with the setting behind it
};

// One run, or those of an ascent's settings. Throws Error(kIo) if the folder holds no run,
// Error(kData) if run.json or the table of classes or results is damaged.
std::vector<RunReading> read_runs(const std::filesystem::path& folder);

// "complete", or how far the run has come and why it may have ended there.
std::string state_of(const RunReading& run);

}  // namespace fool
