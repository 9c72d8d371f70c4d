#include "app/download.h"

#include <memory>
#include <ostream>

#include "app/interrupt.h"
#include "fool/report/progress.h"

namespace fool {
namespace {

constexpr std::int64_t kKilobyte = 1000;

// The progress line, from the moment that the size is known.
class Display {
 public:
  Display(std::string task, ProgressStyle style, std::ostream& stream)
      : task_(std::move(task)), style_(style), stream_(stream) {}

  void update(const FetchProgress& now) {
    if (now.total == 0) return;
    if (progress_ == nullptr) begin(now);
    progress_->update(static_cast<std::uint64_t>(now.done / kKilobyte));
  }

  // Whatever else is said begins on a line of its own.
  void clear() { progress_.reset(); }

  void finish(std::int64_t bytes) {
    update({bytes, bytes});  // a small file may have come before the first update
    if (progress_ != nullptr) progress_->finish();
  }

 private:
  void begin(const FetchProgress& now) {
    ProgressOptions options;
    options.style = style_;
    options.facts = stderr_facts();
    options.unit = "kB";
    options.already = static_cast<std::uint64_t>(now.done / kKilobyte);
    progress_ = std::make_unique<Progress>(task_, static_cast<std::uint64_t>(now.total / kKilobyte),
                                           stream_, options);
  }

  std::string task_;
  ProgressStyle style_;
  std::ostream& stream_;
  std::unique_ptr<Progress> progress_;
};

}  // namespace

void DownloadFlags::declare(CLI::App& app) {
  app.add_flag("--offline", offline, "Use no network, as with FOOL_OFFLINE=1");
  app.add_option("--progress", progress, "Progress on stderr")
      ->type_name("auto|bar|plain|json|off");
}

std::string size_text(std::int64_t bytes) {
  if (bytes == 0) return "of unknown size";
  if (bytes < 1'000'000) return fmt::format("{} bytes", bytes);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::filesystem::path download(const FetchRequest& request, const DownloadFlags& flags,
                               Console& console) {
  const std::string name = request.destination.filename().string();
  Display display(name, progress_style(flags.progress, stderr_facts().terminal), console.err);
  const auto say = [&](const std::string& text) {
    display.clear();
    console.err << "fool: " << text << "\n" << std::flush;
  };
  FetchOptions options;
  options.offline = flags.offline;
  options.on_event = say;
  options.on_progress = [&](const FetchProgress& now) {
    if (interrupt_signal() != 0) throw Interrupted{};
    display.update(now);
  };
  bool begun = false;
  options.on_begin = [&] {
    begun = true;
    say(fmt::format("fetching {}, {}, from {} into {}", name, size_text(request.bytes),
                    host_of(request.urls.front()), request.destination.parent_path().string()));
  };
  std::filesystem::path path = fetch_file(request, options);
  if (begun) display.finish(static_cast<std::int64_t>(std::filesystem::file_size(path)));
  return path;
}

}  // namespace fool
