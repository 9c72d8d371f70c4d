#include "app/continuation.h"

#include <algorithm>

#include "fool/core/config.h"

namespace fool {

bool free_to_change(const std::string& key) {
  return key == "generations" || key == "budget_evaluations" || key == "budget_seconds" ||
         key == "stop_at_median" || key == "evaluate.workers" || key == "evaluate.renderer" ||
         key.rfind("report.", 0) == 0;
}

Json value_at(const Json& config, const std::string& dotted_key) {
  const Json* place = &config;
  for (std::size_t start = 0; start <= dotted_key.size();) {
    const std::size_t end = std::min(dotted_key.find('.', start), dotted_key.size());
    const auto it = place->find(dotted_key.substr(start, end - start));
    if (it == place->end()) return nullptr;
    place = &*it;
    start = end + 1;
  }
  return *place;
}

std::string first_difference(const Json& now, const Json& then) {
  for (const std::string& key : leaf_keys(now)) {
    if (!free_to_change(key) && value_at(now, key) != value_at(then, key)) return key;
  }
  return "";
}

}  // namespace fool
