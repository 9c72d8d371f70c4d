// The runs of a study: what each is called, how it is started and continued, and how far it is.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/study/study.h"
#include "fool/study/tables.h"

namespace fool {

struct PlannedRun {
  std::string name;  // SETTING-seedN, its folder's name too
  std::string setting;
  std::uint64_t seed = 0;
  std::filesystem::path folder;
  Json config;                               // resolved
  std::vector<std::string> start_arguments;  // of fool, as typed
  std::vector<std::string> resume_arguments;
};

// All runs: first every setting with the first seed, then with the second. Throws Error(kConfig)
// naming the setting whose configuration is wrong. `environment` is getenv, or a fake.
std::vector<PlannedRun> plan_study(const Study& study, const std::filesystem::path& folder,
                                   const std::function<const char*(const char*)>& environment);

enum class RunProgress { kMissing, kUnfinished, kFinished };

const char* to_text(RunProgress progress);

// How far a run is, by what is in its folder. Throws Error(kConfig) if that is of other settings,
// and as reading it does.
struct RunFindings {
  RunProgress progress = RunProgress::kMissing;
  std::vector<MetricsLine> lines;
};
RunFindings examine(const PlannedRun& run);

}  // namespace fool
