#include "app/rank_setup.h"

#include <sched.h>

#include <algorithm>

#include "fool/core/config.h"
#include "fool/core/error.h"

namespace fool {
namespace {

int cores_in(const std::string& core_set) {
  return 1 + static_cast<int>(std::count(core_set.begin(), core_set.end(), ','));
}

}  // namespace

std::string core_set() {
  std::string text = host_name() + ' ';
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return text + '0';
  const char* comma = "";
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(static_cast<std::size_t>(core), &set)) continue;
    text += comma + std::to_string(core);
    comma = ",";
  }
  return text;
}

int own_cores(const std::vector<std::string>& core_sets, int rank) {
  const auto mine = core_sets.begin() + rank;
  const auto sharing = static_cast<int>(std::count(core_sets.begin(), core_sets.end(), *mine));
  const auto before = static_cast<int>(std::count(core_sets.begin(), mine, *mine));
  const int cores = cores_in(*mine);
  return std::max(1, cores / sharing + (before < cores % sharing ? 1 : 0));
}

void require_same_on_all_ranks(Communicator& ranks, const std::string& what, const Json& facts) {
  if (ranks.size() == 1) return;
  const Json mine{{"host", host_name()}, {"facts", facts}};
  const std::vector<std::string> all =
      ranks.exchange(mine.dump(-1, ' ', false, Json::error_handler_t::replace));
  const Json first = Json::parse(all.front());
  for (std::size_t r = 1; r < all.size(); ++r) {
    const Json other = Json::parse(all[r]);
    if (other["facts"] == first["facts"]) continue;
    const Json expected = first["facts"].flatten();
    const Json found = other["facts"].flatten();
    Json differing = found;
    differing.update(expected);
    for (const auto& [key, ignored] : differing.items()) {
      if (expected.value(key, Json()) == found.value(key, Json())) continue;
      fail(ErrorKind::kDevice,
           "the ranks do not have the same {}, so their results would mix: {} is {} on rank 0 ({}) "
           "and {} on rank {} ({})",
           what, key.substr(1), expected.value(key, Json()).dump(),
           first["host"].get<std::string>(), found.value(key, Json()).dump(), r,
           other["host"].get<std::string>());
    }
  }
}

}  // namespace fool
