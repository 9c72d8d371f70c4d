#include "app/grown_genomes.h"

#include <gtest/gtest.h>

#include "fakes/counting_encoding.h"

namespace fool {
namespace {

using fakes::CountingEncoding;

// What the loop would make of a lineage.
std::vector<std::string> encoded(const Encoding& encoding, int generations, int count,
                                 int workers) {
  WorkerPool pool(workers);
  std::vector<std::string> texts;
  for (const GenomePtr& genome : grown_genomes(encoding, 7, generations, count, pool))
    texts.push_back(encoding.encode(*genome));
  return texts;
}

TEST(GrownGenomes, WithoutGenerationsTheyAreTheRandomOnes) {
  const CountingEncoding encoding;
  const auto texts = encoded(encoding, 0, 3, 1);
  ASSERT_EQ(texts.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i)
    EXPECT_EQ(texts[i], encoding.encode(*encoding.random({7, 0, i})));
}

TEST(GrownGenomes, EveryGenerationVariesThemOnce) {
  const CountingEncoding encoding;
  GenomePtr genome = encoding.random({7, 0, 1});
  for (std::uint32_t g = 1; g <= 4; ++g) {
    const std::vector<GenomePtr> parents{genome};
    genome = encoding.vary(parents, {7, g, 1});
  }
  EXPECT_EQ(encoded(encoding, 4, 2, 1)[1], encoding.encode(*genome));
}

TEST(GrownGenomes, AreTheSameForAnyNumberOfWorkers) {
  const CountingEncoding encoding;
  EXPECT_EQ(encoded(encoding, 5, 9, 1), encoded(encoding, 5, 9, 3));
}

TEST(GrownGenomes, NeighboursAreParentsWhereTwoAreNeeded) {
  const CountingEncoding encoding({2, 2, 1}, 2);
  const std::vector<GenomePtr> parents{encoding.random({7, 0, 2}), encoding.random({7, 0, 3})};
  const auto texts = encoded(encoding, 1, 3, 2);  // the partner of the last one is not asked for
  ASSERT_EQ(texts.size(), 3U);
  EXPECT_EQ(texts[2], encoding.encode(*encoding.vary(parents, {7, 1, 2})));
}

}  // namespace
}  // namespace fool
