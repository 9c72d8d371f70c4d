#include "fool/report/page.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string_view>
#include <utility>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/version.h"
#include "fool/report/run_folder.h"
#include "report/page/run_blocks.h"
#include "report/page/template.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

// A file whose bytes are counted.
class CountedFile {
 public:
  explicit CountedFile(const fs::path& path) : file_(path) {}

  void write(std::string_view bytes) {
    file_.write(bytes);
    bytes_ += bytes.size();
  }
  void block(const std::string& id, std::string_view text) {
    write(fmt::format("<script type=\"application/json\" id=\"{}\">", id));
    write(text);
    write("</script>\n");
  }
  void commit() { file_.commit(); }
  std::uint64_t bytes() const { return bytes_; }

 private:
  AtomicFile file_;
  std::uint64_t bytes_ = 0;
};

std::string title_of(const PageOptions& options, const std::vector<RunReading>& runs) {
  if (!options.title.empty()) return options.title;
  return runs.size() == 1 ? runs.front().name() : fmt::format("{} runs", runs.size());
}

std::vector<RunReading> read_all(const std::vector<fs::path>& folders) {
  std::vector<RunReading> runs;
  for (const fs::path& folder : folders) {
    for (RunReading& run : read_runs(folder)) runs.push_back(std::move(run));
  }
  for (RunReading& run : runs) {
    const std::size_t expected = runs.front().classes.size();
    if (run.is_ascent() || runs.front().is_ascent()) continue;  // of some classes only
    if (run.classes.size() != expected) {
      run.notes.push_back(
          fmt::format("It has {} classes, the first run {}.", run.classes.size(), expected));
      continue;
    }
    for (std::size_t k = 0; k < expected; ++k) {
      if (run.classes[k].label == runs.front().classes[k].label) continue;
      run.notes.push_back(fmt::format(
          "Its class {} is \"{}\", that of the first run \"{}\": the same number does not mean the "
          "same thing.",
          k, run.classes[k].label, runs.front().classes[k].label));
      break;
    }
  }
  return runs;
}

}  // namespace

PageSummary write_page(const std::vector<fs::path>& folders, const PageOptions& options,
                       const fs::path& out) {
  if (folders.empty()) fail(ErrorKind::kUsage, "expected at least one run, found none");
  const PageTemplate page(options.sources);
  const std::vector<RunReading> runs = read_all(folders);
  std::uint64_t total = 0;
  std::uint64_t done = 0;
  for (const RunReading& run : runs) total += 2 * run.classes.size();  // to read, and to trace
  PictureOptions pictures;
  pictures.largest_side = options.largest_side;
  pictures.ancestors = options.ancestors;
  pictures.shape_of = options.shape_of;
  pictures.tick = [&] {
    if (options.progress) options.progress(std::min(++done, total), total);
  };

  PageSummary summary;
  Json index{{"fool", kVersion}, {"made", utc_now()}, {"title", title_of(options, runs)}};
  CountedFile file(out);
  file.write(page.head(title_of(options, runs)));
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const RunPictures of_run = read_pictures(runs[r], pictures);
    Json entry =
        emit_run(runs[r], of_run, static_cast<int>(r),
                 [&](const std::string& id, std::string_view text) { file.block(id, text); });
    for (const auto& [item, champion] : of_run.champions) {
      if (!champion.png.empty()) ++summary.images;
    }
    summary.ancestors += static_cast<int>(of_run.ancestors.size());
    summary.classes = std::max(summary.classes, static_cast<int>(runs[r].classes.size()));
    for (const Json& note : entry.at("notes")) {
      summary.notes.push_back(runs[r].name() + ": " + note.get<std::string>());
    }
    index["runs"].push_back(std::move(entry));
  }
  file.block("index", script_json(index));
  file.write(page.tail());
  file.commit();
  summary.bytes = file.bytes();
  return summary;
}

bool is_page(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string beginning(kPageMark.size(), '\0');
  stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return stream && beginning == kPageMark;
}

}  // namespace fool
