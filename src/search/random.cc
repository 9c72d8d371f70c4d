// Random search: every item is drawn afresh. The control that shows what selection and variation
// add.
#include "fool/search/search.h"
#include "search/random_items.h"

namespace fool {
namespace {

class RandomSearch : public Search {
 public:
  RandomSearch(const Json& settings, const SearchContext& context)
      : encoding_(context.encoding), seed_(context.seed), batch_size_(settings.at("batch_size")) {}

  int size(int /*generation*/) const override { return batch_size_; }

  std::vector<ItemPtr> ask(const Archive& /*archive*/, int generation, ItemId first_id,
                           WorkerPool& pool) override {
    return random_items(encoding_, seed_, batch_size_, generation, first_id, pool);
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
