#include "app/study_plan.h"

#include <system_error>

#include "app/continuation.h"
#include "app/model_list.h"
#include "app/run_config.h"
#include "fool/core/config.h"
#include "fool/core/error.h"
#include "fool/report/reporter.h"
#include "fool/report/run_folder.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

// As fool evolve does: whoever names a budget, but no number of generations, wants as many as it
// allows.
void let_budget_decide(Json& config) {
  if (config.contains("generations")) return;
  for (const char* budget : {"budget_evaluations", "budget_seconds", "stop_at_median"}) {
    if (config.contains(budget) && config.at(budget) != 0) config["generations"] = kMostGenerations;
  }
}

Json resolve(const StudySetting& setting,
             const std::function<const char*(const char*)>& environment) {
  std::vector<std::string> files;
  for (const fs::path& file : setting.files) files.push_back(file.string());
  try {
    Json config = resolve_run_config({files, setting.config, environment});
    for (const char* section : {"ascend", "retrain"}) {
      if (!config.contains(section)) continue;
      fail(ErrorKind::kConfig,
           "a study is of runs of fool evolve, which has no use for the settings \"{}\"", section);
    }
    return config;
  } catch (const Error& error) {
    fail(error.kind(), "setting \"{}\": {}", setting.name, error.what());
  }
}

void append_setting(std::vector<std::string>& arguments, const std::string& key,
                    const Json& value) {
  arguments.emplace_back("--set");
  arguments.push_back(key + "=" + value.dump());
}

// How a run talks to the study.
const std::vector<std::string> kTalk = {"--progress", "json", "--set",
                                        "report.console.summary=off"};

PlannedRun plan_run(const StudySetting& setting, const Json& config, std::uint64_t seed,
                    const fs::path& folder) {
  PlannedRun run;
  run.name = fmt::format("{}-seed{}", setting.name, seed);
  run.setting = setting.name;
  run.seed = seed;
  run.folder = folder / run.name;
  run.config = config;
  run.config["seed"] = seed;
  run.start_arguments = {"evolve"};
  for (const fs::path& file : setting.files) {
    run.start_arguments.insert(run.start_arguments.end(), {"--config", file.string()});
  }
  run.resume_arguments = {"evolve", "--resume", run.folder.string()};
  for (const std::string& key : leaf_keys(setting.config)) {
    append_setting(run.start_arguments, key, value_at(setting.config, key));
    if (free_to_change(key)) {
      append_setting(run.resume_arguments, key, value_at(setting.config, key));
    }
  }
  run.start_arguments.insert(run.start_arguments.end(),
                             {"--seed", std::to_string(seed), "--out", run.folder.string()});
  for (std::vector<std::string>* words : {&run.start_arguments, &run.resume_arguments}) {
    words->insert(words->end(), kTalk.begin(), kTalk.end());
  }
  return run;
}

// Complete, as the study's own is. Another version of fool may have known other settings.
Json saved_config(const fs::path& folder, const Json& config) {
  try {
    return resolve_saved_config(config, Json::object());
  } catch (const Error& error) {
    fail(error.kind(), "{} holds a run that this fool cannot continue: {}", folder.string(),
         error.what());
  }
}

// Is there nothing left to do?
bool at_end(const Json& config, const MetricsLine& line) {
  const double evaluations = config.at("budget_evaluations");
  const double seconds = config.at("budget_seconds");
  const double median = config.at("stop_at_median");
  return line.generation >= config.at("generations").get<int>() ||
         (evaluations > 0 && line.value("equivalents") >= evaluations) ||
         (seconds > 0 && line.value("seconds") >= seconds) ||
         (median > 0 && line.value("median") >= median);
}

}  // namespace

std::vector<PlannedRun> plan_study(const Study& study, const fs::path& folder,
                                   const std::function<const char*(const char*)>& environment) {
  std::vector<StudySetting> settings = study.settings;
  std::vector<Json> configs;
  for (StudySetting& setting : settings) {
    let_budget_decide(setting.config);
    Json config = resolve(setting, environment);
    config["model"] = with_absolute_files(config.at("model"));  // as fool evolve keeps it
    configs.push_back(std::move(config));
  }
  std::vector<PlannedRun> runs;
  for (const std::uint64_t seed : study.seeds) {
    for (std::size_t s = 0; s < settings.size(); ++s) {
      runs.push_back(plan_run(settings[s], configs[s], seed, folder));
    }
  }
  return runs;
}

const char* to_text(RunProgress progress) {
  return progress == RunProgress::kMissing      ? "to do"
         : progress == RunProgress::kUnfinished ? "unfinished"
                                                : "finished";
}

RunFindings examine(const PlannedRun& run) {
  std::error_code ignored;
  if (!fs::exists(run.folder / "run.json", ignored)) return {};
  const RunRecord record = read_run_record(run.folder);
  const Json saved = saved_config(run.folder, record.config);
  if (const std::string key = first_difference(run.config, saved); !key.empty()) {
    fail(
        ErrorKind::kConfig,
        "{} holds a run in which {} was {}, but the study has {}: give the study another --out, or "
        "remove that folder",
        run.folder.string(), key, value_at(saved, key).dump(), value_at(run.config, key).dump());
  }
  RunFindings findings;
  findings.progress = RunProgress::kUnfinished;
  const fs::path metrics = run.folder / "metrics.jsonl";
  if (fs::exists(metrics, ignored)) findings.lines = read_metrics(metrics);
  if (record.ended && !findings.lines.empty() && at_end(run.config, findings.lines.back())) {
    findings.progress = RunProgress::kFinished;
  }
  return findings;
}

}  // namespace fool
