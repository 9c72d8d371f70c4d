// images/CLASS_LABEL.png: the champions, each with its confidence and its genome in the PNG's text.
#include <optional>

#include "fool/core/error.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "fool/report/reporter.h"
#include "report/common.h"

namespace fool {
namespace {

class Images : public Reporter {
 public:
  explicit Images(const Json& settings) : every_(settings.at("every")) {}

  // Images that are not of this archive (a killed run may have gone further than its checkpoint)
  // are removed.
  void begin(const RunInfo& info) override {
    make_folder(info.folder / "images");
    require_writable(info.folder / "images" / "probe.png");
    saved_.assign(static_cast<std::size_t>(info.archive.classes()), std::nullopt);
    for (int k = 0; k < info.archive.classes(); ++k) {
      const std::filesystem::path path = path_of(info, k);
      if (!std::filesystem::exists(path)) continue;
      if (shows_champion(path, info.archive.cell(k))) {
        saved_[static_cast<std::size_t>(k)] = info.archive.cell(k)->item->id;
      } else {
        remove_file(path);
      }
    }
  }

  void on_generation(const RunInfo& info, const GenerationReport& report) override {
    if (due(report.generation, every_)) write(info);
  }

  void end(const RunInfo& info, const RunSummary& summary) override { write(info); }

 private:
  static std::filesystem::path path_of(const RunInfo& info, int k) {
    return info.folder / "images" / image_file_name(k, label_of(info, k));
  }

  static bool shows_champion(const std::filesystem::path& path, const Elite* elite) {
    if (elite == nullptr) return false;
    try {
      const ImageRecord record = to_image_record(read_png_text(path), path.string());
      return record.item == elite->item->id && record.confidence == elite->confidence;
    } catch (const Error&) {
      return false;  // somebody else's, or damaged: to be replaced
    }
  }

  void write(const RunInfo& info) {
    std::vector<int> changed;
    for (int k = 0; k < info.archive.classes(); ++k) {
      const Elite* elite = info.archive.cell(k);
      if (elite != nullptr && saved_[static_cast<std::size_t>(k)] != elite->item->id)
        changed.push_back(k);
    }
    draw_champions(info, changed, [&](int k, const Elite& elite, ConstImageView image) {
      write_png(path_of(info, k), image, to_text(record(info, k, elite)));
      saved_[static_cast<std::size_t>(k)] = elite.item->id;
    });
  }

  static ImageRecord record(const RunInfo& info, int k, const Elite& elite) {
    ImageRecord record;
    record.class_index = k;
    record.label = label_of(info, k);
    record.confidence = elite.confidence;
    record.item = elite.item->id;
    record.generation = elite.item->generation;
    record.parents = elite.item->parents;
    record.encoding = info.config.at("encoding");
    record.genome = info.encoding.to_json(*elite.item->genome);
    return record;
  }

  int every_;
  std::vector<std::optional<ItemId>> saved_;  // [K], the item that the file shows
};

FOOL_REGISTER(
    ReporterRegistry,
    {"images",
     "images/CLASS_LABEL.png: the champions, with confidence and genome in the PNG's text.",
     {param("every", 0, "Generations between writing what changed; 0 = at the end.").at_least(0)},
     {},
     [](const Json& settings) { return std::make_unique<Images>(settings); }});

}  // namespace
}  // namespace fool
