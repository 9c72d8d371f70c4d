// fool study: every setting with every seed, and tables of what came out.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ostream>
#include <set>

#include "app/child_processes.h"
#include "app/command.h"
#include "app/interrupt.h"
#include "app/model_list.h"
#include "app/option_checks.h"
#include "app/provide_model.h"
#include "app/rank_setup.h"
#include "app/study_folder.h"
#include "app/study_plan.h"
#include "app/study_runner.h"
#include "fool/core/config.h"
#include "fool/core/error.h"
#include "fool/report/progress.h"
#include "fool/report/reporter.h"

namespace fool {
namespace {

constexpr int kMostProcesses = 1024;

class StudyCommand : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("file", file_, "The study, JSON with comments; see fool describe study")
        ->required()
        ->type_name("STUDY.json");
    app.add_option("--out", out_, "Folder of the study [runs/NAME]")->type_name("DIR");
    app.add_option("--processes", processes_, "Runs at once; they divide the cores [1]")
        ->type_name("N")
        ->check(from_to(1, kMostProcesses));
    app.add_option("--index", index_, "Only this run, counted from 0: for an array of jobs")
        ->type_name("I")
        ->check(at_least(0));
    app.add_flag("--count", count_, "Print how many runs there are, and stop");
    app.add_flag("--collect", collect_, "Run nothing: make the tables of what is there");
    app.add_flag("--dry-run", dry_run_, "List the runs and how far they are");
    download_.declare(app);
    app.add_flag("--json", json_, "Print JSON instead of tables");
    app.footer(
        R"(Each setting is run with each seed by fool evolve, in a folder SETTING-seedN of its own. Finished runs
are kept and unfinished ones resumed, so the same command goes on after Ctrl-C, and after seeds or
settings were added. Tables: results.csv (every run at every checkpoint), summary.csv (medians over
seeds with bootstrap intervals), tests.csv (Mann-Whitney tests between settings by what their runs
ended with), classes.csv. effect is the rank-biserial correlation: 1 if all of setting_a are larger.
A study:
  {"base": {"dataset": "mnist", "generations": 50},
   "settings": {"direct": {"encoding": "direct"},
                "cppn": {"encoding": "cppn", "encoding.weight_mutation_rate": 0.2},
                "published": {"config": "mnist_cppn_paper.json"}},
   "seeds": {"first": 1, "count": 5}, "checkpoints": {"every": 10}, "metrics": ["median", "mean"]}
base and settings take what --set takes, and "config": files below that, relative to the study's.
Examples:
  fool study configs/studies/mnist_encodings.json --out runs/encodings --processes 2
  fool study configs/studies/mnist_encodings.json --out runs/encodings --collect
  fool study study.json --out runs/study --index $SLURM_ARRAY_TASK_ID   # --array=0-$(( COUNT - 1 )))");
  }

  int run(Console& console) override {
    require_one_wish();
    const Json said = read_config(file_);
    study_ = parse_study(said, file_);
    folder_ = out_.empty() ? "runs/" + study_.name : out_;
    runs_ = plan_study(study_, folder_, [](const char* name) { return std::getenv(name); });
    if (count_) {
      console.out << runs_.size() << "\n";
      return 0;
    }
    choose_runs();
    StudyOutcome outcome;
    if (!dry_run_ && !collect_) {
      outcome = carry_out(said, console);
    }
    const std::vector<RunFindings> findings = examine_all();
    if (dry_run_ || index_ >= 0) {
      list(findings, console.out);
    } else {
      require_some(findings);
      print(collect_study(study_, runs_, findings, folder_), findings, console.out);
    }
    return exit_code(outcome, console);
  }

 private:
  void require_one_wish() const {
    const int wishes = (count_ ? 1 : 0) + (collect_ ? 1 : 0) + (dry_run_ ? 1 : 0);
    if (wishes > 1 || (index_ >= 0 && (count_ || collect_))) {
      fail(ErrorKind::kUsage,
           "expected one of --count, --collect, --dry-run and --index (which also goes with "
           "--dry-run)");
    }
  }

  void choose_runs() {
    if (index_ < 0) return;
    const auto index = static_cast<std::size_t>(index_);
    if (index >= runs_.size()) {
      fail(ErrorKind::kUsage, "--index: expected 0 to {}, as the study has {} runs; found {}",
           runs_.size() - 1, runs_.size(), index);
    }
    runs_ = {runs_[index]};
  }

  std::vector<RunFindings> examine_all() const {
    std::vector<RunFindings> findings;
    for (const PlannedRun& run : runs_) findings.push_back(examine(run));
    return findings;
  }

  // Runs what is not finished.
  StudyOutcome carry_out(const Json& said, Console& console) {
    const std::vector<RunFindings> findings = examine_all();
    std::vector<StudyJob> jobs;
    std::set<std::string> models;
    const bool countable = std::all_of(runs_.begin(), runs_.end(), [](const PlannedRun& run) {
      return run.config.at("generations") < kMostGenerations;
    });
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (findings[i].progress == RunProgress::kFinished) continue;
      jobs.push_back(job_of(runs_[i], findings[i], countable));
      for (const std::string& model : model_list(runs_[i].config.at("model"))) models.insert(model);
    }
    // Once, and not by every run.
    for (const std::string& model : models) {
      provide_model(model, Thoroughness::kMissing, download_, console);
    }
    if (interrupt_signal() != 0) throw Interrupted{};
    claim_study_folder(folder_, study_, said);
    if (jobs.empty()) return {};
    console.err << fmt::format("fool: study {}: {} runs, {} finished, {} to do\n", study_.name,
                               runs_.size(), runs_.size() - jobs.size(), jobs.size());
    return run_with_progress(jobs, countable, console);
  }

  StudyJob job_of(const PlannedRun& run, const RunFindings& findings, bool countable) const {
    StudyJob job;
    job.name = run.name;
    const bool starts = findings.progress == RunProgress::kMissing;
    job.arguments = starts ? run.start_arguments : run.resume_arguments;
    if (download_.offline) job.arguments.emplace_back("--offline");
    if (processes_ > 1 && run.config.at("evaluate").at("workers") == 0) {
      const int cores = own_cores({core_set()}, 0);
      job.arguments.emplace_back("--workers");
      job.arguments.push_back(std::to_string(std::max(1, cores / processes_)));
    }
    // From the initial population to the last generation.
    const auto until = [](int generation) {
      return static_cast<double>(generation - kInitialGeneration + 1);
    };
    job.weight = countable ? until(run.config.at("generations")) : kThousandths;
    if (countable && !findings.lines.empty()) job.done = until(findings.lines.back().generation);
    return job;
  }

  StudyOutcome run_with_progress(const std::vector<StudyJob>& jobs, bool countable,
                                 Console& console) const {
    double total = 0;
    double already = 0;
    for (const StudyJob& job : jobs) {
      total += job.weight;
      already += job.done;
    }
    ProgressOptions options;
    options.facts = stderr_facts();
    options.style = progress_style(download_.progress, options.facts.terminal);
    options.unit = countable ? "generations" : "thousandths of a run";
    options.already = static_cast<std::uint64_t>(already);
    Progress progress("study", static_cast<std::uint64_t>(total), console.err, options);
    StudyWatcher watcher;
    watcher.interrupt = interrupt_signal;
    watcher.progress = [&](double done, const std::string& note) {
      progress.update(static_cast<std::uint64_t>(done), note);
    };
    watcher.say = [&](const std::string& name, const std::string& line) {
      if (options.style == ProgressStyle::kBar) console.err << "\r\x1b[K";
      console.err << name << ": " << line << "\n";
    };
    ChildProcesses launcher(own_program());
    StudyOutcome outcome = run_jobs(jobs, processes_, launcher, watcher);
    progress.finish(fmt::format("{} of {} runs finished", outcome.finished, jobs.size()));
    return outcome;
  }

  // Tables without a row would look like a result.
  void require_some(const std::vector<RunFindings>& findings) const {
    if (!collect_ || std::any_of(findings.begin(), findings.end(),
                                 [](const RunFindings& f) { return !f.lines.empty(); })) {
      return;
    }
    fail(ErrorKind::kIo, "--collect: {} holds no run of the study \"{}\"", folder_.string(),
         study_.name);
  }

  void list(const std::vector<RunFindings>& findings, std::ostream& out) const {
    if (json_) {
      out << Json{{"study", study_.name},
                  {"folder", folder_.string()},
                  {"runs", runs_json(findings)}}
                 .dump(2)
          << "\n";
      return;
    }
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const std::vector<MetricsLine>& lines = findings[i].lines;
      const std::string place =
          lines.empty() ? "" : fmt::format("generation {}", lines.back().generation);
      out << fmt::format("{:>4}  {:<40}  {:<10}  {}\n", index_ < 0 ? static_cast<int>(i) : index_,
                         runs_[i].folder.string(), to_text(findings[i].progress), place);
    }
  }

  Json runs_json(const std::vector<RunFindings>& findings) const {
    Json runs = Json::array();
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      runs.push_back({{"setting", runs_[i].setting},
                      {"seed", runs_[i].seed},
                      {"folder", runs_[i].folder.string()},
                      {"state", to_text(findings[i].progress)}});
    }
    return runs;
  }

  void print(const StudyTables& tables, const std::vector<RunFindings>& findings,
             std::ostream& out) const {
    if (!json_) {
      out << study_text(study_, tables.summaries, tables.comparisons)
          << fmt::format(
                 "\n{} of {} runs finished; tables in {}: results.csv, summary.csv, "
                 "tests.csv, classes.csv\n",
                 finished(findings), runs_.size(), folder_.string());
      return;
    }
    Json summary = Json::array();
    for (const StudySummary& s : tables.summaries) {
      if (!s.last) continue;
      summary.push_back({{"setting", s.setting},
                         {"metric", s.metric},
                         {"generation", s.generation},
                         {"n", s.n},
                         {"median", s.median},
                         {"low", s.interval.low},
                         {"high", s.interval.high}});
    }
    Json tests = Json::array();
    for (const StudyComparison& c : tables.comparisons) {
      tests.push_back({{"metric", c.metric},
                       {"setting_a", c.a},
                       {"setting_b", c.b},
                       {"n_a", c.n_a},
                       {"n_b", c.n_b},
                       {"u", c.test.u},
                       {"p", c.test.p},
                       {"effect", c.test.effect}});
    }
    out << Json{{"study", study_.name},
                {"folder", folder_.string()},
                {"runs", runs_json(findings)},
                {"summary", summary},
                {"tests", tests}}
               .dump(2)
        << "\n";
  }

  static std::ptrdiff_t finished(const std::vector<RunFindings>& findings) {
    return std::count_if(findings.begin(), findings.end(),
                         [](const RunFindings& f) { return f.progress == RunProgress::kFinished; });
  }

  int exit_code(const StudyOutcome& outcome, Console& console) const {
    for (const StudyJobFailure& failure : outcome.failures) {
      const std::string& said = failure.message;
      console.err << fmt::format("fool: {} failed with exit code {}: {}\n", failure.name,
                                 failure.exit_code,
                                 said.rfind("fool: ", 0) == 0 ? said.substr(6) : said);
    }
    if (outcome.signal != 0) {
      console.err
          << "fool: interrupted; the runs are saved, and the same command goes on with them\n";
      return 128 + outcome.signal;
    }
    return outcome.failures.empty() ? 0 : outcome.failures.front().exit_code;
  }

  static constexpr double kThousandths = 1000;

  std::string file_;
  std::string out_;
  int processes_ = 1;
  int index_ = -1;  // none
  bool count_ = false;
  bool collect_ = false;
  bool dry_run_ = false;
  bool json_ = false;
  DownloadFlags download_;

  Study study_;
  std::filesystem::path folder_;
  std::vector<PlannedRun> runs_;
};

FOOL_REGISTER_COMMAND("study", StudyCommand,
                      "Run settings with several seeds each, and compare what comes out");

}  // namespace
}  // namespace fool
