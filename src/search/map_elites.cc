// MAP-Elites as in the paper: parents drawn uniformly over the occupied cells, a whole batch of
// children from the archive as it was at the start of the generation (paper sections 1.1 and 1.2).
#include "fool/search/search.h"

namespace fool {
namespace {

class MapElites : public Search {
 public:
  MapElites(const Json& settings, const SearchContext& context)
      : encoding_(context.encoding),
        seed_(context.seed),
        init_size_(settings.at("init_size")),
        batch_size_(settings.at("batch_size")) {}

  int size(int generation) const override {
    return generation == kInitialGeneration ? init_size_ : batch_size_;
  }

  std::vector<ItemPtr> ask(const Archive& archive, int generation, ItemId first_id,
                           WorkerPool& pool) override {
    std::vector<ItemPtr> items(static_cast<std::size_t>(size(generation)));
    const std::vector<ItemPtr> champions = archive.champions();
    pool.for_each(static_cast<int>(items.size()), [&](int /*worker*/, int i) {
      const ItemAddress address{seed_, static_cast<std::uint32_t>(generation - kInitialGeneration),
                                static_cast<std::uint32_t>(i)};
      Item item;
      item.id = first_id + static_cast<ItemId>(i);
      item.generation = generation;
      if (generation == kInitialGeneration) {
        item.genome = encoding_.random(address);
      } else {
        vary(champions, address, &item);
      }
      items[static_cast<std::size_t>(i)] = std::make_shared<const Item>(std::move(item));
    });
    return items;
  }

 private:
  void vary(const std::vector<ItemPtr>& champions, const ItemAddress& address, Item* item) const {
    // Both children of a pair draw the same parents, from the address of the first.
    const int count = encoding_.parents();
    ItemAddress pair = address;
    if (count == 2) pair.index &= ~1U;
    RngStream rng = pair.stream("map_elites.parents");
    std::vector<GenomePtr> parents;
    for (int p = 0; p < count; ++p) {
      const ItemPtr& parent =
          champions[rng.uniform_int(static_cast<std::uint32_t>(champions.size()))];
      parents.push_back(parent->genome);
      item->parents.push_back(parent->id);
    }
    item->genome = encoding_.vary(parents, address);
  }

  const Encoding& encoding_;
  std::uint64_t seed_;
  int init_size_;
  int batch_size_;
};

ParameterTable parameters() {
  return {
      param("init_size", 200, "Random individuals in the initial population.")
          .range(1, 1e6)
          .cite("released code: 200 (MNIST, ImageNet direct), 400 (ImageNet CPPN)"),
      param("batch_size", 200, "Children per generation.")
          .range(1, 1e6)
          .cite("released code: 200 (MNIST, ImageNet direct), 400 (ImageNet CPPN)"),
  };
}

FOOL_REGISTER(SearchRegistry, {"map-elites",
                               "One champion per class; every child competes for every class.",
                               parameters(),
                               {},
                               [](const Json& settings, const SearchContext& context) {
                                 return std::make_unique<MapElites>(settings, context);
                               }});

}  // namespace
}  // namespace fool
