#include "app/grown_genomes.h"

#include <algorithm>
#include <utility>

namespace fool {

std::vector<GenomePtr> grown_genomes(const Encoding& encoding, std::uint64_t seed, int generations,
                                     int count, WorkerPool& pool) {
  const int partners = encoding.parents();
  std::vector<GenomePtr> genomes(static_cast<std::size_t>(count));
  // A pair of neighbours, or a single one, has nothing to do with the others.
  pool.for_each((count + partners - 1) / partners, [&](int, int group) {
    const int first = group * partners;
    std::vector<GenomePtr> parents;
    for (int i = first; i < first + partners; ++i)
      parents.push_back(encoding.random({seed, 0, static_cast<std::uint32_t>(i)}));
    for (int g = 1; g <= generations; ++g) {
      std::vector<GenomePtr> children;
      for (int i = first; i < first + partners; ++i) {
        children.push_back(encoding.vary(
            parents, {seed, static_cast<std::uint32_t>(g), static_cast<std::uint32_t>(i)}));
      }
      parents = std::move(children);
    }
    for (int i = first; i < std::min(first + partners, count); ++i)
      genomes[static_cast<std::size_t>(i)] = parents[static_cast<std::size_t>(i - first)];
  });
  return genomes;
}

}  // namespace fool
