// checkpoint/generation-NNNNNN.safetensors: written now and then, at the end, and when the run is
// interrupted.
#include "fool/report/checkpoint.h"
#include "fool/report/reporter.h"
#include "report/common.h"

namespace fool {
namespace {

class Checkpoints : public Reporter {
 public:
  explicit Checkpoints(const Json& settings)
      : every_(settings.at("every")), every_seconds_(settings.at("every_seconds")) {}

  void begin(const RunInfo& info) override {
    make_folder(info.folder / "checkpoint");
    require_writable(info.folder / "checkpoint" / "probe");
    remove_checkpoints_from(info.folder, info.first_generation);
    saved_generation_ = info.first_generation - 1;
    saved_seconds_.reset();
  }

  void on_generation(const RunInfo& info, const GenerationReport& report) override {
    // The clock of a resumed run starts where the run was left.
    if (!saved_seconds_)
      saved_seconds_ = info.first_generation == kInitialGeneration ? 0 : report.seconds;
    const bool late = every_seconds_ > 0 && report.seconds - *saved_seconds_ >= every_seconds_;
    if (late || due(report.generation, every_)) {
      write(info, report.generation, report.evaluations, report.equivalents, report.seconds);
    }
  }

  void end(const RunInfo& info, const RunSummary& summary) override { save(info, summary); }

  void save(const RunInfo& info, const RunSummary& summary) override {
    if (summary.generation > saved_generation_) {
      write(info, summary.generation, summary.evaluations, summary.equivalents, summary.seconds);
    }
  }

 private:
  void write(const RunInfo& info, int generation, std::uint64_t evaluations,
             std::uint64_t equivalents, double seconds) {
    Checkpoint checkpoint;
    checkpoint.archive = info.archive;
    checkpoint.generation = generation;
    checkpoint.evaluations = evaluations;
    checkpoint.equivalents = equivalents;
    checkpoint.seconds = seconds;
    checkpoint.search_state = info.search.save_state();
    checkpoint.config = info.config;
    checkpoint.fingerprint = info.fingerprint;
    write_checkpoint(info.folder, checkpoint, info.encoding);
    saved_generation_ = generation;
    saved_seconds_ = seconds;
  }

  int every_;
  double every_seconds_;
  int saved_generation_ = kInitialGeneration - 1;
  std::optional<double> saved_seconds_;
};

FOOL_REGISTER(
    ReporterRegistry,
    {"checkpoint",
     "checkpoint/: what fool evolve --resume continues from; the newest two are kept.",
     {param("every", 100, "Generations between checkpoints; 0 = do not count them.").at_least(0),
      param("every_seconds", 120.0,
            "Seconds between checkpoints at most; 0 = do not look at the clock.")
          .at_least(0)},
     {},
     [](const Json& settings) { return std::make_unique<Checkpoints>(settings); }});

}  // namespace
}  // namespace fool
