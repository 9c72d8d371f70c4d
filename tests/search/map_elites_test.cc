#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "fakes/counting_encoding.h"
#include "fool/search/search.h"

namespace fool {
namespace {

std::unique_ptr<Search> make_search(const Encoding& encoding, int init, int batch,
                                    std::uint64_t seed = 1) {
  const auto& registry = SearchRegistry::instance();
  const Json settings = registry.resolve(
      {{"type", "map-elites"}, {"init_size", init}, {"batch_size", batch}}, "search");
  return registry.make(settings, SearchContext{encoding, seed});
}

// Four cells: item 0 holds three of them, item 1 one.
Archive archive_of_two(std::vector<ItemPtr>* items) {
  for (ItemId id = 0; id < 2; ++id) {
    items->push_back(std::make_shared<const Item>(
        Item{id, kInitialGeneration, std::make_shared<fakes::NumberGenome>(1000 * (id + 1)), {}}));
  }
  Archive archive(4);
  archive.add(*items, std::vector<float>{0.5F, 0.5F, 0.5F, 0.1F, 0.1F, 0.1F, 0.1F, 0.5F});
  return archive;
}

TEST(MapElites, CountsGenerationsAsThePaperDoes) {
  const fakes::CountingEncoding encoding;
  // Paper section 1.2: after generation g, init_size + (g + 1) * size evaluations.
  EXPECT_EQ(make_search(encoding, 200, 200)->equivalents_after(200), 40400U);
  EXPECT_EQ(make_search(encoding, 400, 400)->equivalents_after(5000), 2000800U);
  EXPECT_EQ(make_search(encoding, 7, 200)->equivalents_after(kInitialGeneration), 7U);
}

TEST(MapElites, ChildrenNameTheParentsTheyCameFrom) {
  const fakes::CountingEncoding encoding;
  std::vector<ItemPtr> parents;
  const Archive archive = archive_of_two(&parents);
  WorkerPool pool(2);
  const auto items = make_search(encoding, 10, 100)->ask(archive, 3, 500, pool);
  ASSERT_EQ(items.size(), 100U);
  for (std::size_t i = 0; i < items.size(); ++i) {
    EXPECT_EQ(items[i]->id, 500 + i);
    EXPECT_EQ(items[i]->generation, 3);
    ASSERT_EQ(items[i]->parents.size(), 1U);
    const std::uint64_t value = fakes::CountingEncoding::value(*items[i]->genome);
    EXPECT_EQ(value / 1000 - 1, items[i]->parents[0]);
  }
}

TEST(MapElites, ParentsAreUniformOverCells) {
  const fakes::CountingEncoding encoding;
  std::vector<ItemPtr> parents;
  const Archive archive = archive_of_two(&parents);
  WorkerPool pool(1);
  const int n = 10000;
  int second = 0;
  for (const auto& item : make_search(encoding, 10, n)->ask(archive, 0, 0, pool)) {
    second += item->parents[0] == 1 ? 1 : 0;
  }
  EXPECT_NEAR(second, n / 4.0, 5 * std::sqrt(n * 0.25 * 0.75));
}

TEST(MapElites, APairSharesItsTwoParents) {
  const fakes::CountingEncoding encoding({2, 2, 1}, 2);
  std::vector<ItemPtr> parents;
  const Archive archive = archive_of_two(&parents);
  WorkerPool pool(2);
  const auto items = make_search(encoding, 10, 51)->ask(archive, 0, 0, pool);
  std::map<std::vector<ItemId>, int> seen;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    EXPECT_EQ(items[i]->parents, items[i + 1]->parents);
    ++seen[items[i]->parents];
  }
  EXPECT_GT(seen.size(), 2U);  // (0,0), (0,1), (1,0), perhaps (1,1)
}

TEST(MapElites, NeitherWorkersNorOrderMatter) {
  const fakes::CountingEncoding encoding;
  std::vector<ItemPtr> parents;
  const Archive archive = archive_of_two(&parents);
  WorkerPool one(1);
  WorkerPool three(3);
  auto a = make_search(encoding, 20, 64);
  auto b = make_search(encoding, 20, 64);
  a->ask(archive, 7, 0, one);  // b never sees generation 7
  const auto from_a = a->ask(archive, 8, 0, one);
  const auto from_b = b->ask(archive, 8, 0, three);
  for (std::size_t i = 0; i < from_a.size(); ++i) {
    EXPECT_EQ(fakes::CountingEncoding::value(*from_a[i]->genome),
              fakes::CountingEncoding::value(*from_b[i]->genome));
  }
  const auto other_seed = make_search(encoding, 20, 64, 2)->ask(archive, 8, 0, one);
  int same = 0;
  for (std::size_t i = 0; i < from_a.size(); ++i) {
    same += fakes::CountingEncoding::value(*from_a[i]->genome) ==
            fakes::CountingEncoding::value(*other_seed[i]->genome);
  }
  EXPECT_LT(same, 32);
}

}  // namespace
}  // namespace fool
