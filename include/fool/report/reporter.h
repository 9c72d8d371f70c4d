// Whoever wants to know how a run goes: the console, logs, images, checkpoints. A reporter is one
// file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/json.h"
#include "fool/core/registry.h"
#include "fool/core/stage_times.h"
#include "fool/encoding/encoding.h"
#include "fool/render/renderer.h"
#include "fool/search/search.h"

namespace fool {

// The last generation of a run that only its budget ends.
inline constexpr int kMostGenerations = 1000000000;

// When a run ends before its last generation; 0: not for this reason.
struct Budget {
  std::uint64_t equivalents = 0;  // evaluations, a gradient counting for kGradientEquivalents
  double seconds = 0;             // of computing
  double median = 0;              // of the archive's confidences
};

// What stays the same for the whole run.
struct RunInfo {
  std::filesystem::path folder;
  Json config;                      // resolved
  Json fingerprint;                 // what can change the last bits of the result
  std::vector<std::string> labels;  // [K]
  const Encoding& encoding;
  const Archive& archive;
  const Search& search;
  int first_generation = kInitialGeneration;  // later than that in a resumed run
  int last_generation = 0;
  Budget budget;
  std::uint64_t equivalents_before = 0;  // spent by the earlier parts of a resumed run
};

// One generation, just added to the archive.
struct GenerationReport {
  int generation = 0;
  std::uint64_t evaluations = 0;  // in total, this generation included
  double seconds = 0;             // of computing, earlier parts of a resumed run included
  Span<const ItemPtr> items;
  const AddReport& added;
  ArchiveStats stats;
  StageTimes times;               // so far, summed over workers
  std::uint64_t equivalents = 0;  // cost so far, see evaluations.h
};

struct RunSummary {
  int generation = 0;  // the last one that was finished
  std::uint64_t evaluations = 0;
  double seconds = 0;
  ArchiveStats stats;
  StageTimes times;
  bool interrupted = false;
  std::string digest;  // of the archive
  std::uint64_t equivalents = 0;
};

class Reporter {
 public:
  virtual ~Reporter() = default;
  // Before the first forward pass: an unwritable place is found here. In a resumed run
  // (info.first_generation > kInitialGeneration) whatever was written for later generations than
  // the checkpoint's is dropped.
  virtual void begin(const RunInfo& info) {}
  virtual void on_generation(const RunInfo& info, const GenerationReport& report) {}
  // The process may be killed any moment: what would be lost is written now. end() may follow.
  virtual void save(const RunInfo& info, const RunSummary& summary) {}
  virtual void end(const RunInfo& info, const RunSummary& summary) {}
};

using ReporterRegistry = Registry<Reporter>;

// All reporters by the resolved section "report" ({NAME: settings}), in the order in which they
// must be told: the checkpoint after the logs that a resumed run relies on, the console's summary
// last.
std::vector<std::unique_ptr<Reporter>> make_reporters(const Json& settings);

}  // namespace fool
