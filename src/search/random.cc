// Random search: every item is drawn afresh. The control that shows what selection and variation
// add.
#include "fool/search/search.h"

namespace fool {
namespace {

class RandomSearch : public Search {
 public:
  RandomSearch(const Json& settings, const SearchContext& context)
      : encoding_(context.encoding), seed_(context.seed), batch_size_(settings.at("batch_size")) {}

  int size(int /*generation*/) const override { return batch_size_; }

  std::vector<ItemPtr> ask(const Archive& /*archive*/, int generation, ItemId first_id,
                           WorkerPool& pool) override {
    std::vector<ItemPtr> items(static_cast<std::size_t>(batch_size_));
    pool.for_each(batch_size_, [&](int /*worker*/, int i) {
      Item item;
      item.id = first_id + static_cast<ItemId>(i);
      item.generation = generation;
      item.genome =
          encoding_.random({seed_, static_cast<std::uint32_t>(generation - kInitialGeneration),
                            static_cast<std::uint32_t>(i)});
      items[static_cast<std::size_t>(i)] = std::make_shared<const Item>(std::move(item));
    });
    return items;
  }

 private:
  const Encoding& encoding_;
  std::uint64_t seed_;
  int batch_size_;
};

ParameterTable parameters() {
  return {param("batch_size", 200, "Random individuals per generation.").range(1, 1e6)};
}

FOOL_REGISTER(SearchRegistry, {"random",
                               "Random genomes only: the control without evolution.",
                               parameters(),
                               {},
                               [](const Json& settings, const SearchContext& context) {
                                 return std::make_unique<RandomSearch>(settings, context);
                               }});

}  // namespace
}  // namespace fool
