#include "search/random_items.h"

namespace fool {

std::vector<ItemPtr> random_items(const Encoding& encoding, std::uint64_t seed, int count,
                                  int generation, ItemId first_id, WorkerPool& pool) {
  std::vector<ItemPtr> items(static_cast<std::size_t>(count));
  pool.for_each(count, [&](int /*worker*/, int i) {
    Item item;
    item.id = first_id + static_cast<ItemId>(i);
    item.generation = generation;
    item.genome =
        encoding.random({seed, static_cast<std::uint32_t>(generation - kInitialGeneration),
                         static_cast<std::uint32_t>(i)});
    items[static_cast<std::size_t>(i)] = std::make_shared<const Item>(std::move(item));
  });
  return items;
}

}  // namespace fool
