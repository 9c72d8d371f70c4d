#include "report/page/run_pictures.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"
#include "fool/report/checkpoint.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "report/page/descent.h"
#include "report/page/pictures.h"

namespace fool {
namespace {

namespace fs = std::filesystem;

class Reader {
 public:
  Reader(const RunReading& run, const PictureOptions& options) : run_(run), options_(options) {}

  RunPictures read() {
    for (const LoggedClass& logged : run_.classes) {
      if (logged.champion) pictures_.champions[logged.champion->item];
    }
    read_images();
    if (!run_.is_ascent()) open_encoding();
    if (encoding_ != nullptr) {
      encode_stored();
      if (!run_.record.ended) read_checkpoint_genomes();
      trace();
    } else {
      for (auto& [item, champion] : pictures_.champions) {
        champion.line = line_of_descent(run_, item);
      }
    }
    tell_what_is_missing();
    return std::move(pictures_);
  }

 private:
  void tick() const {
    if (options_.tick) options_.tick();
  }

  // Of the files, those that show the present champion.
  void read_images() {
    int stale = 0;
    for (std::size_t k = 0; k < run_.classes.size(); ++k) {
      const LoggedClass& logged = run_.classes[k];
      if (!logged.champion) continue;
      ChampionPicture& champion = pictures_.champions[logged.champion->item];
      if (!champion.png.empty()) continue;  // it holds another class, too
      tick();
      const std::string& named = logged.champion->image;
      const fs::path path =
          run_.folder / "images" /
          (named.empty() ? image_file_name(static_cast<int>(k), logged.label) : named);
      std::error_code none;
      if (!fs::exists(path, none)) continue;
      try {
        if (!take_genome(path, static_cast<int>(k), *logged.champion, champion)) {
          champion = {};
          ++stale;
          continue;
        }
        const std::string bytes = read_file(path);
        champion.png = without_text(bytes, path.string());
        const bool first = pictures_.shape.height == 0;
        if (first || options_.largest_side > 0) {
          const Png png = decode_png(bytes, path.string());
          pictures_.shape = png.image.shape();
          const ImageBatch small = fit(png.image[0], options_.largest_side);
          if (small.shape() != png.image.shape()) champion.png = encode_png(small[0]);
        }
      } catch (const Error& error) {
        champion = {};
        note(error.what());
      }
    }
    if (stale > 0) note(fmt::format("{} images are of earlier champions and left out.", stale));
  }

  // From the text of an image; says whether it is the champion's.
  static bool take_genome(const fs::path& path, int class_index, const LoggedChampion& logged,
                          ChampionPicture& champion) {
    const PngText text = read_png_text(path);
    if (!logged.image.empty()) {  // of an ascent: it has no genome
      const ImageClaim claim = to_image_claim(text, path.string());
      return claim.class_index == class_index && claim.confidence == logged.confidence;
    }
    const ImageRecord record = to_image_record(text, path.string());
    champion.genome = record.genome;
    return record.item == logged.item;
  }

  void open_encoding() {
    try {
      const Json& config = run_.record.config;
      if (pictures_.shape.height == 0 && options_.shape_of && !pictures_.champions.empty()) {
        pictures_.shape = options_.shape_of(config);
      }
      if (pictures_.shape.height == 0) return;
      const auto& registry = EncodingRegistry::instance();
      encoding_ =
          registry.make(registry.resolve(config.at("encoding"), "encoding"), pictures_.shape);
    } catch (const Error& error) {
      note(fmt::format("Genomes cannot be read: {}.", error.what()));
    } catch (const Json::exception& error) {
      note(fmt::format("Genomes cannot be read: {}.", complaint_of(error)));
    }
  }

  void encode_stored() {
    for (auto& [item, champion] : pictures_.champions) {
      if (champion.genome.is_null()) continue;
      try {
        stored_[item] = encoding_->encode(*encoding_->from_json(champion.genome));
      } catch (const Error& error) {
        champion.genome = nullptr;
        note(error.what());
      }
    }
  }

  void read_checkpoint_genomes() {
    std::vector<std::string> warnings;
    try {
      const auto checkpoint = read_newest_checkpoint(run_.folder, *encoding_, &warnings);
      if (!checkpoint) return;
      for (const ItemPtr& item : checkpoint->archive.items()) {
        const auto it = pictures_.champions.find(item->id);
        if (it == pictures_.champions.end() || stored_.count(item->id) != 0) continue;
        stored_[item->id] = encoding_->encode(*item->genome);
        draw(it->second, item->genome);
      }
    } catch (const Error& error) {
      note(error.what());
    }
  }

  void draw(ChampionPicture& champion, const GenomePtr& genome) {
    if (painter_ == nullptr) {
      painter_ = std::make_unique<SmallPainter>(*encoding_, options_.largest_side);
    }
    champion.png = painter_->png(genome);
    champion.genome = encoding_->to_json(*genome);
  }

  // Draws the ancestors again, and the champions that are stored nowhere; then keeps what those
  // whose genomes are known vouch for.
  void trace() {
    for (auto& [item, champion] : pictures_.champions) {
      champion.line = line_of_descent(run_, item);
    }
    const std::set<ItemId> shown = shown_ancestors();
    std::vector<ItemId> wanted(shown.begin(), shown.end());
    for (const auto& [item, champion] : pictures_.champions) wanted.push_back(item);
    SmallPainter painter(*encoding_, options_.ancestor_side);
    std::set<ItemId> equal;
    std::map<ItemId, GenomePtr> unknown;
    int different = 0;
    try {
      replay(run_, *encoding_, wanted, [&](ItemId item, const GenomePtr& genome) {
        if (shown.count(item) != 0) pictures_.ancestors[item] = painter.png(genome);
        if (pictures_.champions.count(item) == 0) return;
        tick();
        const auto it = stored_.find(item);
        if (it == stored_.end()) {
          unknown[item] = genome;
        } else if (encoding_->encode(*genome) == it->second) {
          equal.insert(item);
        } else {
          ++different;
        }
      });
    } catch (const Error& error) {
      note(fmt::format("Ancestors are not drawn: {}.", error.what()));
    }
    const bool trusted = different == 0;
    if (trusted) {
      for (const auto& [item, genome] : unknown) draw(pictures_.champions[item], genome);
      if (!unknown.empty()) {
        note(fmt::format("{} champions were drawn again from the run's seed and its log{}.",
                         unknown.size(),
                         stored_.empty() ? ", with no stored genome to compare with" : ""));
      }
    }
    for (auto& [item, champion] : pictures_.champions) {
      champion.line_drawn = options_.ancestors > 0 &&
                            (equal.count(item) != 0 || (trusted && unknown.count(item) != 0));
    }
    const auto undrawn = std::count_if(
        pictures_.champions.begin(), pictures_.champions.end(),
        [](const auto& entry) { return !entry.second.line_drawn && entry.second.line.size() > 1; });
    if (undrawn > 0 && options_.ancestors > 0) {
      note(fmt::format(
          "The ancestors of {} champions are listed without pictures: this search makes some "
          "children in a way that the seed and the log alone do not tell.",
          undrawn));
    }
    keep_vouched_for();
  }

  // As many of each line as are wanted; fewer where a page would become too large.
  std::set<ItemId> shown_ancestors() {
    auto most = static_cast<std::size_t>(options_.ancestors);
    while (true) {
      std::set<ItemId> shown;
      for (const auto& [item, champion] : pictures_.champions) {
        for (const std::size_t place : evenly_spread(champion.line.size(), most)) {
          if (champion.line[place] != item) shown.insert(champion.line[place]);
        }
      }
      if (shown.size() <= options_.most_ancestors || most <= 3) {
        if (most < static_cast<std::size_t>(options_.ancestors)) {
          note(
              fmt::format("Lines of descent show {} pictures each, to keep the page small.", most));
        }
        return shown;
      }
      most = most * 3 / 4;
    }
  }

  void keep_vouched_for() {
    std::set<ItemId> kept;
    for (const auto& [item, champion] : pictures_.champions) {
      if (champion.line_drawn) kept.insert(champion.line.begin(), champion.line.end());
    }
    auto& ancestors = pictures_.ancestors;
    for (auto it = ancestors.begin(); it != ancestors.end();) {
      it = kept.count(it->first) != 0 ? std::next(it) : ancestors.erase(it);
    }
  }

  void tell_what_is_missing() {
    const auto without = std::count_if(pictures_.champions.begin(), pictures_.champions.end(),
                                       [](const auto& entry) { return entry.second.png.empty(); });
    if (without > 0) {
      note(fmt::format("{} champions have no picture yet.", without));
    }
    if (run_.is_ascent()) return;  // as a rule, of some classes only
    const auto empty = std::count_if(run_.classes.begin(), run_.classes.end(),
                                     [](const LoggedClass& k) { return !k.champion; });
    if (empty > 0) note(fmt::format("{} classes have no champion.", empty));
  }

  void note(std::string text) {
    constexpr std::size_t kMost = 20;  // a folder of damaged images has no need of a thousand
    if (pictures_.notes.size() < kMost) pictures_.notes.push_back(std::move(text));
  }

  const RunReading& run_;
  const PictureOptions& options_;
  RunPictures pictures_;
  std::unique_ptr<Encoding> encoding_;
  std::unique_ptr<SmallPainter> painter_;  // of champions
  std::map<ItemId, std::string> stored_;   // encoded genomes that were stored
};

}  // namespace

RunPictures read_pictures(const RunReading& run, const PictureOptions& options) {
  return Reader(run, options).read();
}

}  // namespace fool
