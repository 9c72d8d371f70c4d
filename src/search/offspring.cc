#include "search/offspring.h"

namespace fool {

Item make_offspring(const Encoding& encoding, const std::vector<ItemPtr>& champions,
                    const ItemAddress& address) {
  const int count = encoding.parents();
  ItemAddress pair = address;
  if (count == 2) pair.index &= ~1U;
  RngStream rng = pair.stream("map_elites.parents");
  Item item;
  std::vector<GenomePtr> parents;
  for (int p = 0; p < count; ++p) {
    const ItemPtr& parent =
        champions[rng.uniform_int(static_cast<std::uint32_t>(champions.size()))];
    parents.push_back(parent->genome);
    item.parents.push_back(parent->id);
  }
  item.genome = encoding.vary(parents, address);
  return item;
}

}  // namespace fool
