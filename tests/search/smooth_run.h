// A search over the smooth fakes, scored without a network: the confidence in class 1 is the one
// parameter over 255, that in class 0 the rest.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fakes/smooth.h"
#include "fool/search/search.h"

namespace fool {

struct SmoothRun {
  static constexpr int kClasses = 2;

  SmoothRun(const std::string& type, Json settings = Json::object()) {
    settings["type"] = type;
    const auto& registry = SearchRegistry::instance();
    search =
        registry.make(registry.resolve(settings, "search"), SearchContext{encoding, 5, kClasses});
  }

  SmoothRun(const SmoothRun&) = delete;
  SmoothRun& operator=(const SmoothRun&) = delete;

  // 0..1
  static float brightness(const Item& item) {
    return static_cast<float>(fakes::CountingEncoding::value(*item.genome) & 255U) / 255.0F;
  }

  static ItemPtr item_of(int level) {
    Item item;
    item.genome = std::make_shared<fakes::NumberGenome>(static_cast<std::uint64_t>(level));
    return std::make_shared<const Item>(std::move(item));
  }

  // Begins anew with what the other has in its archive and saved state.
  void go_on_from(const SmoothRun& other) {
    archive = other.archive;
    generation = other.generation;
    next_id = other.next_id;
    search->load_state(Json::parse(other.search->save_state().dump()));
  }

  std::vector<ItemPtr> advance(int workers = 2) {
    WorkerPool pool(workers);
    const std::vector<ItemPtr> items = search->ask(archive, generation, next_id, pool);
    std::vector<float> confidences;
    std::vector<std::vector<float>> gradients;
    for (const ItemPtr& item : items) {
      const float p = brightness(*item);
      confidences.push_back(1 - p);
      confidences.push_back(p);
      gradients.emplace_back();
      if (item->wants_gradient()) gradients.back() = {item->gradient_class == 1 ? 1.0F : -1.0F};
    }
    Evaluations evaluations{confidences, {}};
    if (equivalents_of(items) > items.size()) evaluations.gradients = gradients;
    const AddReport report = archive.add(items, confidences);
    search->tell(items, evaluations, report);
    ++generation;
    next_id += items.size();
    return items;
  }

  fakes::SmoothEncoding encoding;
  std::unique_ptr<Search> search;
  Archive archive{kClasses};
  int generation = kInitialGeneration;
  ItemId next_id = 0;
};

}  // namespace fool
