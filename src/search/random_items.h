// The items of a generation that is drawn at random.
#pragma once

#include <cstdint>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/worker_pool.h"

namespace fool {

std::vector<ItemPtr> random_items(const Encoding& encoding, std::uint64_t seed, int count,
                                  int generation, ItemId first_id, WorkerPool& pool);

}  // namespace fool
