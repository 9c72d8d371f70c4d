#include <gtest/gtest.h>

#include <set>

#include "fakes/counting_encoding.h"
#include "fool/search/search.h"

namespace fool {
namespace {

TEST(RandomSearch, DrawsFreshGenomesWithoutParents) {
  const fakes::CountingEncoding encoding;
  const auto& registry = SearchRegistry::instance();
  const auto search =
      registry.make(registry.resolve({{"type", "random"}, {"batch_size", 30}}, "search"),
                    SearchContext{encoding, 1});
  EXPECT_EQ(search->equivalents_after(1), 90U);
  const Archive archive(2);
  WorkerPool pool(2);
  std::set<std::uint64_t> values;
  for (int g = kInitialGeneration; g <= 1; ++g) {
    for (const auto& item : search->ask(archive, g, 0, pool)) {
      EXPECT_TRUE(item->parents.empty());
      values.insert(fakes::CountingEncoding::value(*item->genome));
    }
  }
  EXPECT_EQ(values.size(), 90U);
}

}  // namespace
}  // namespace fool
