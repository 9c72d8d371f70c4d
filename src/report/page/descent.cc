#include "report/page/descent.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "fool/search/search.h"

namespace fool {
namespace {

// Which item of which generation has an id.
class Addresses {
 public:
  Addresses(const RunReading& run, const Encoding& encoding)
      : seed_(run.record.config.at("seed").get<std::uint64_t>()) {
    const auto search = SearchRegistry::instance().make(
        run.record.config.at("search"),
        SearchContext{encoding, seed_, static_cast<int>(run.classes.size())});
    first_.push_back(0);
    for (int g = kInitialGeneration; g <= run.last_generation(); ++g) {
      first_.push_back(first_.back() + static_cast<ItemId>(search->size(g)));
    }
  }

  std::optional<ItemAddress> of(const LoggedItem& item) const {
    const auto g = static_cast<std::size_t>(item.generation - kInitialGeneration);
    if (item.generation < kInitialGeneration || g + 1 >= first_.size() || item.id < first_[g] ||
        item.id >= first_[g + 1]) {
      return std::nullopt;
    }
    return ItemAddress{seed_, static_cast<std::uint32_t>(g),
                       static_cast<std::uint32_t>(item.id - first_[g])};
  }

 private:
  std::uint64_t seed_;
  std::vector<ItemId> first_;  // of a generation, and of the one behind the last
};

}  // namespace

std::vector<ItemId> line_of_descent(const RunReading& run, ItemId item) {
  std::vector<ItemId> line{item};
  for (const LoggedItem* logged = run.find(item); logged != nullptr && !logged->parents.empty();) {
    const ItemId parent = logged->parents.front();
    if (parent >= line.back()) break;  // a damaged log must not lead in circles
    logged = run.find(parent);
    if (logged != nullptr) line.push_back(parent);
  }
  std::reverse(line.begin(), line.end());
  return line;
}

std::vector<std::size_t> evenly_spread(std::size_t length, std::size_t most) {
  std::vector<std::size_t> places;
  const std::size_t count = std::min(length, most);
  for (std::size_t i = 0; i < count; ++i) {
    places.push_back(count == 1 ? length - 1 : i * (length - 1) / (count - 1));
  }
  return places;
}

void replay(const RunReading& run, const Encoding& encoding, const std::vector<ItemId>& wanted,
            const std::function<void(ItemId, const GenomePtr&)>& use) {
  const std::set<ItemId> shown(wanted.begin(), wanted.end());
  std::map<ItemId, int> children;  // how many of the needed items are still to be made of it
  std::vector<ItemId> open(shown.begin(), shown.end());
  std::set<ItemId> needed = shown;
  while (!open.empty()) {
    const LoggedItem* item = run.find(open.back());
    open.pop_back();
    if (item == nullptr) continue;
    for (const ItemId parent : item->parents) {
      ++children[parent];
      if (parent < item->id && needed.insert(parent).second) open.push_back(parent);
    }
  }

  const Addresses addresses(run, encoding);
  std::map<ItemId, GenomePtr> genomes;  // those of which children are still to come
  for (const ItemId id : needed) {      // parents before their children
    const LoggedItem* item = run.find(id);
    if (item == nullptr) continue;
    const std::optional<ItemAddress> address = addresses.of(*item);
    std::vector<GenomePtr> parents;
    for (const ItemId parent : item->parents) {
      const auto it = genomes.find(parent);
      if (it != genomes.end()) parents.push_back(it->second);
    }
    GenomePtr genome;
    if (address && item->parents.empty()) {
      genome = encoding.random(*address);
    } else if (address && parents.size() == item->parents.size() &&
               static_cast<int>(parents.size()) == encoding.parents()) {
      genome = encoding.vary(parents, *address);
    }
    for (const ItemId parent : item->parents) {
      if (--children[parent] == 0) genomes.erase(parent);
    }
    if (genome == nullptr) continue;
    if (shown.count(id) != 0) use(id, genome);
    if (children[id] > 0) genomes[id] = std::move(genome);
  }
}

}  // namespace fool
