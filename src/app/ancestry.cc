#include "app/ancestry.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "app/saved_images.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/core/json_error.h"
#include "fool/report/image_record.h"
#include "fool/report/png.h"
#include "fool/search/search.h"

namespace fool {
namespace {

Ancestor to_ancestor(const Json& line) {
  return {line.at("id"), line.at("generation"), line.at("parents").get<std::vector<ItemId>>(),
          line.at("cells").get<std::vector<int>>(),
          line.at("confidence").get<std::vector<float>>()};
}

}  // namespace

double SwitchCounts::share_of_switches() const {
  const auto all = static_cast<double>(same_class + other_class);
  return all > 0 ? static_cast<double>(other_class) / all : 0;
}

bool children_are_of_champions(const std::string& search) {
  return search == "map-elites" || search == "random";
}

Ancestry::Ancestry(const std::filesystem::path& run, Gaps gaps)
    : file_(run / "lineage.jsonl"), gaps_(gaps) {
  const std::string text = read_file(file_);
  int number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    ++number;
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;  // a killed run may leave half a line
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    try {
      items_.push_back(to_ancestor(Json::parse(line)));
    } catch (const Json::exception& error) {
      fail(ErrorKind::kData, "{}, line {}: expected an item that entered a cell: {}",
           file_.string(), number, complaint_of(error));
    }
    const Ancestor& item = items_.back();
    const bool ascending = items_.size() < 2 || items_[items_.size() - 2].id < item.id;
    if (!ascending || item.cells.empty() || item.cells.size() != item.confidences.size() ||
        *std::min_element(item.cells.begin(), item.cells.end()) < 0) {
      fail(ErrorKind::kData,
           "{}, line {}: expected ids that ascend and as many confidences as cells", file_.string(),
           number);
    }
    places_[item.id] = items_.size() - 1;
    for (const int cell : item.cells) classes_ = std::max(classes_, cell + 1);
  }
  takers_.resize(static_cast<std::size_t>(classes_));
  for (std::size_t i = 0; i < items_.size(); ++i) {
    for (const int cell : items_[i].cells) takers_[static_cast<std::size_t>(cell)].push_back(i);
  }
}

int Ancestry::last_generation() const {
  return items_.empty() ? kInitialGeneration : items_.back().generation;
}

const Ancestor& Ancestry::item(ItemId id) const {
  const auto place = places_.find(id);
  if (place == places_.end()) {
    fail(ErrorKind::kData, "{}: item {} is not there, but its children are", file_.string(), id);
  }
  return items_[place->second];
}

std::vector<std::optional<Ancestry::Holder>> Ancestry::holders(int generation) const {
  std::vector<std::optional<Holder>> result(static_cast<std::size_t>(classes_));
  for (const Ancestor& one : items_) {
    if (one.generation > generation) break;
    for (std::size_t i = 0; i < one.cells.size(); ++i) {
      result[static_cast<std::size_t>(one.cells[i])] = Holder{one.id, one.confidences[i]};
    }
  }
  return result;
}

std::optional<ItemId> Ancestry::holder_before(int generation, int cell) const {
  const std::vector<std::size_t>& takers = takers_[static_cast<std::size_t>(cell)];
  const auto later = std::partition_point(takers.begin(), takers.end(), [&](std::size_t place) {
    return items_[place].generation < generation;
  });
  if (later == takers.begin()) return std::nullopt;
  return items_[*std::prev(later)].id;
}

std::vector<ItemId> Ancestry::line(ItemId id, int class_index) const {
  std::vector<ItemId> backwards{id};
  while (true) {
    const Ancestor& child = item(backwards.back());
    if (child.parents.empty()) break;
    ItemId next = child.parents.front();
    for (const ItemId parent : child.parents) {
      if (gaps_ == Gaps::kExpected && places_.count(parent) == 0) continue;
      const std::vector<int>& cells = item(parent).cells;
      if (std::find(cells.begin(), cells.end(), class_index) != cells.end()) {
        next = parent;
        break;
      }
    }
    if (next >= child.id) {
      fail(ErrorKind::kData, "{}: item {} has the later item {} for a parent", file_.string(),
           child.id, next);
    }
    if (gaps_ == Gaps::kExpected && places_.count(next) == 0) break;
    backwards.push_back(next);
  }
  std::reverse(backwards.begin(), backwards.end());
  return backwards;
}

std::vector<SwitchCounts> Ancestry::switches() const {
  std::vector<SwitchCounts> counts(static_cast<std::size_t>(classes_));
  for (const Ancestor& child : items_) {
    if (child.parents.empty()) continue;
    for (const int cell : child.cells) {
      SwitchCounts& count = counts[static_cast<std::size_t>(cell)];
      const std::optional<ItemId> holder = holder_before(child.generation, cell);
      const bool same =
          holder && std::count(child.parents.begin(), child.parents.end(), *holder) > 0;
      ++(same ? count.same_class : count.other_class);
    }
  }
  return counts;
}

GenomeReplay::GenomeReplay(const RunRecord& record, const Ancestry& ancestry,
                           const ImageShape& shape)
    : ancestry_(ancestry), seed_(record.config.at("seed")) {
  const Json& section = record.config.at("search");
  const std::string search = section.at("type");
  if (!children_are_of_champions(search)) {
    fail(ErrorKind::kUsage,
         "the ancestors of a run of {} cannot be drawn again: its children are not made of their "
         "parents alone; expected a run of map-elites or random",
         search);
  }
  encoding_ = EncodingRegistry::instance().make(record.config.at("encoding"), shape);
  const auto made = SearchRegistry::instance().make(
      section, SearchContext{*encoding_, seed_, ancestry.classes()});
  init_size_ = static_cast<std::uint64_t>(made->size(kInitialGeneration));
  batch_size_ = static_cast<std::uint64_t>(made->size(0));
}

ItemAddress GenomeReplay::address_of(const Ancestor& item) const {
  const auto batch = static_cast<std::uint64_t>(item.generation - kInitialGeneration);
  const std::uint64_t first = batch == 0 ? 0 : init_size_ + (batch - 1) * batch_size_;
  const std::uint64_t size = batch == 0 ? init_size_ : batch_size_;
  if (item.id < first || item.id - first >= size) {
    fail(ErrorKind::kData,
         "lineage.jsonl: item {} cannot be of generation {}, whose items are {} to {}", item.id,
         item.generation, first, first + size - 1);
  }
  return {seed_, static_cast<std::uint32_t>(batch), static_cast<std::uint32_t>(item.id - first)};
}

std::map<ItemId, GenomePtr> GenomeReplay::genomes(const std::vector<ItemId>& wanted) const {
  // All ancestors, and how many of them (or of the caller's wishes) still need each genome.
  std::map<ItemId, int> needed;
  std::vector<ItemId> open(wanted.begin(), wanted.end());
  while (!open.empty()) {
    const ItemId id = open.back();
    open.pop_back();
    if (needed[id]++ > 0) continue;
    for (const ItemId parent : ancestry_.item(id).parents) open.push_back(parent);
  }
  std::map<ItemId, GenomePtr> alive;
  const auto release = [&](ItemId id) {
    if (--needed[id] == 0) alive.erase(id);
  };
  std::vector<ItemId> order;  // parents have smaller ids
  for (const auto& [id, count] : needed) order.push_back(id);
  for (const ItemId id : order) {
    const Ancestor& item = ancestry_.item(id);
    std::vector<GenomePtr> parents;
    for (const ItemId parent : item.parents) {
      const auto it = alive.find(parent);
      if (it == alive.end()) {
        fail(ErrorKind::kData, "lineage.jsonl: item {} has the later item {} for a parent", id,
             parent);
      }
      parents.push_back(it->second);
    }
    alive[id] = parents.empty() ? encoding_->random(address_of(item))
                                : encoding_->vary(parents, address_of(item));
    for (const ItemId parent : item.parents) release(parent);
  }
  return alive;
}

GenomeReplay replay_of(const std::filesystem::path& run, const Ancestry& ancestry) {
  const std::vector<SavedImage> images = saved_images(run);
  const Png png = read_png(images.front().file);
  const ImageRecord image = to_image_record(png.text, images.front().file.string());
  GenomeReplay replay(read_run_record(run), ancestry, png.image.shape());
  const std::map<ItemId, GenomePtr> again = replay.genomes({image.item});
  const Encoding& encoding = replay.encoding();
  if (encoding.encode(*again.at(image.item)) !=
      encoding.encode(*encoding.from_json(image.genome))) {
    fail(ErrorKind::kData,
         "{}: made again from its ancestors, item {} is another image than {}; was the run made by "
         "another version of fool, or lineage.jsonl changed?",
         run.string(), image.item, images.front().file.string());
  }
  return replay;
}

}  // namespace fool
