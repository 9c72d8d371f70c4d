// events.out.tfevents.fool: what TensorBoard shows of a run; written only where it is asked for.
#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/report/png.h"
#include "fool/report/reporter.h"
#include "report/appended_file.h"
#include "report/common.h"
#include "report/event_file.h"

namespace fool {
namespace {

double now() {
  using Seconds = std::chrono::duration<double>;
  return Seconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

class TensorBoard : public Reporter {
 public:
  explicit TensorBoard(const Json& settings)
      : every_(settings.at("every")), images_every_(settings.at("images_every")) {
    for (const Json& k : settings.at("classes")) {
      if (!k.is_number_integer() || k < 0) {
        fail(ErrorKind::kConfig,
             "report.tensorboard.classes: expected numbers of classes, found {}", k.dump());
      }
      given_.push_back(k.get<int>());
    }
  }

  void begin(const RunInfo& info) override {
    if (every_ == 0) return;
    classes_ = given_;
    if (given_.empty()) {
      constexpr int kFirst = 10;
      for (int k = 0; k < std::min(kFirst, info.archive.classes()); ++k) classes_.push_back(k);
    }
    for (const int k : classes_) {
      if (k < info.archive.classes()) continue;
      fail(ErrorKind::kConfig, "report.tensorboard.classes: the network has {} classes, found {}",
           info.archive.classes(), k);
    }
    const std::filesystem::path path = info.folder / "events.out.tfevents.fool";
    keep_earlier(path, info.first_generation);
    file_.emplace(path);
    if (std::filesystem::file_size(path) == 0)
      file_->append(frame_record(encode_version_event(now())));
    before_.reset();
    written_ = true;
    drawn_ = kNever;
  }

  void on_generation(const RunInfo& info, const GenerationReport& report) override {
    if (every_ == 0) return;
    latest_ = scalars(report);
    written_ = report.generation % every_ == 0 || report.generation == info.last_generation;
    if (written_) write();
    if (due(report.generation, images_every_)) draw(info, report.generation);
  }

  // An interrupted run's last generation may not have had its turn.
  void end(const RunInfo& info, const RunSummary& summary) override {
    if (every_ == 0) return;
    if (!written_) write();
    if (summary.generation >= kInitialGeneration && drawn_ != summary.generation) {
      draw(info, summary.generation);
    }
  }

 private:
  static constexpr int kNever = kInitialGeneration - 1;

  // Drops what a killed run has told of generations that are to come again, and whatever is not
  // whole.
  static void keep_earlier(const std::filesystem::path& path, int first_generation) {
    std::error_code none;
    if (!std::filesystem::exists(path, none)) return;
    const std::string bytes = read_file(path);
    std::string kept;
    for (const std::string_view record : read_records(bytes)) {
      // The first one, which names the version, has no step.
      if (kept.empty() || step_of_event(record) < first_generation) kept += frame_record(record);
    }
    if (kept.size() != bytes.size()) write_file(path, kept);
  }

  Event scalars(const GenerationReport& report) {
    Event event;
    event.wall_time = now();
    event.step = report.generation;
    const auto tell = [&](const char* tag, double value) {
      event.scalars.push_back({tag, static_cast<float>(value)});
    };
    tell("confidence/median", report.stats.median);
    tell("confidence/mean", report.stats.mean);
    tell("confidence/p10", report.stats.p10);
    tell("confidence/p90", report.stats.p90);
    tell("classes/at_least_99", report.stats.at_least_99);
    tell("classes/at_least_9999", report.stats.at_least_9999);
    tell("cost/evaluations", static_cast<double>(report.evaluations));
    tell("cost/equivalents", static_cast<double>(report.equivalents));
    const double seconds = report.seconds - (before_ ? before_->seconds : 0.0);
    const auto evaluations =
        static_cast<double>(report.evaluations - (before_ ? before_->evaluations : 0));
    // Of a resumed run's first generation, nobody knows since when.
    if (seconds > 0 && (before_ || report.generation == kInitialGeneration)) {
      tell("cost/evaluations_per_second", evaluations / seconds);
    }
    before_ = Moment{report.seconds, report.evaluations};
    return event;
  }

  void write() {
    file_->append(frame_record(encode_event(latest_)));
    written_ = true;
  }

  void draw(const RunInfo& info, int generation) {
    drawn_ = generation;
    std::vector<int> filled;
    for (const int k : classes_) {
      if (info.archive.cell(k) != nullptr) filled.push_back(k);
    }
    if (filled.empty()) return;
    std::vector<EventImage> images(static_cast<std::size_t>(info.archive.classes()));
    draw_champions(info, filled, [&](int k, const Elite&, ConstImageView image) {
      const ImageShape& shape = image.shape;
      images[static_cast<std::size_t>(k)] = {fmt::format("class/{}_{}", k, label_of(info, k)),
                                             shape.height, shape.width, shape.channels,
                                             encode_png(image)};
    });
    Event event;
    event.wall_time = now();
    event.step = generation;
    for (const int k : filled) event.images.push_back(images[static_cast<std::size_t>(k)]);
    file_->append(frame_record(encode_event(event)));
  }

  struct Moment {
    double seconds = 0;
    std::uint64_t evaluations = 0;
  };

  int every_;
  int images_every_;
  std::vector<int> given_;    // in the settings
  std::vector<int> classes_;  // whose images are shown
  std::optional<AppendedFile> file_;
  Event latest_;
  bool written_ = true;
  int drawn_ = kNever;
  std::optional<Moment> before_;  // the generation before
};

FOOL_REGISTER(
    ReporterRegistry,
    {"tensorboard",
     "events.out.tfevents.fool: confidences, cost and images for TensorBoard.",
     {param("every", 0, "Generations between scalars; 0 = no such file.").at_least(0),
      param("images_every", 100, "Generations between images, and at the end; 0 = at the end.")
          .at_least(0),
      param("classes", Json::array(), "The classes whose images are shown; none = the first ten.")},
     {},
     [](const Json& settings) { return std::make_unique<TensorBoard>(settings); }});

}  // namespace
}  // namespace fool
