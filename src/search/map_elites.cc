// MAP-Elites as in the paper: parents drawn uniformly over the occupied cells, a whole batch of
// children from the archive as it was at the start of the generation (paper sections 1.1 and 1.2).
#include "fool/search/search.h"
#include "search/offspring.h"
#include "search/random_items.h"

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
    if (generation == kInitialGeneration) {
      return random_items(encoding_, seed_, init_size_, generation, first_id, pool);
    }
    std::vector<ItemPtr> items(static_cast<std::size_t>(batch_size_));
    const std::vector<ItemPtr> champions = archive.champions();
    pool.for_each(batch_size_, [&](int /*worker*/, int i) {
      Item item =
          make_offspring(encoding_, champions,
                         {seed_, static_cast<std::uint32_t>(generation - kInitialGeneration),
                          static_cast<std::uint32_t>(i)});
      item.id = first_id + static_cast<ItemId>(i);
      item.generation = generation;
      items[static_cast<std::size_t>(i)] = std::make_shared<const Item>(std::move(item));
    });
    return items;
  }

 private:
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
