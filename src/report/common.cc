#include "report/common.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <system_error>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/worker_pool.h"

namespace fool {
namespace {

// More than there are cores as a rule: a thread that saves an image mostly waits for the disk.
constexpr int kThreads = 8;

}  // namespace

std::string label_of(const RunInfo& info, int class_index) {
  const auto k = static_cast<std::size_t>(class_index);
  return k < info.labels.size() ? info.labels[k] : std::to_string(class_index);
}

bool due(int generation, int every) {
  return every > 0 && generation > 0 && generation % every == 0;
}

Json to_json(const ArchiveStats& stats) {
  return {{"median", stats.median},
          {"mean", stats.mean},
          {"min", stats.min},
          {"max", stats.max},
          {"p10", stats.p10},
          {"p90", stats.p90},
          {"at_least_99", stats.at_least_99},
          {"at_least_9999", stats.at_least_9999},
          {"qd_score", stats.qd_score},
          {"replacements", stats.replacements},
          {"filled", stats.filled}};
}

std::string confidence_text(double confidence, int digits) {
  const double unit = std::pow(10.0, digits);
  return fmt::format("{:.{}f}", std::floor(confidence * unit) / unit, digits);
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

void require_writable(const std::filesystem::path& path) { const AtomicFile probe(path); }

void make_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) fail(ErrorKind::kIo, "cannot make the folder {}: {}", path.string(), error.message());
}

void remove_file(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (error) fail(ErrorKind::kIo, "cannot remove {}: {}", path.string(), error.message());
}

void draw_champions(const RunInfo& info, const std::vector<int>& classes,
                    const std::function<void(int, const Elite&, ConstImageView)>& use) {
  if (classes.empty()) return;
  struct Worker {
    std::unique_ptr<Renderer> renderer;
    ImageBatch image;
  };
  WorkerPool pool(std::min(kThreads, static_cast<int>(classes.size())));
  std::vector<Worker> workers;
  workers.reserve(static_cast<std::size_t>(pool.workers()));
  for (int i = 0; i < pool.workers(); ++i) {
    workers.push_back({make_renderer("auto", info.encoding), ImageBatch(1, info.encoding.shape())});
  }
  pool.for_each(static_cast<int>(classes.size()), [&](int w, int i) {
    Worker& worker = workers[static_cast<std::size_t>(w)];
    const int k = classes[static_cast<std::size_t>(i)];
    const Elite& elite = *info.archive.cell(k);
    worker.renderer->render(Span<const GenomePtr>(&elite.item->genome, 1), worker.image);
    use(k, elite, worker.image[0]);
  });
}

}  // namespace fool
