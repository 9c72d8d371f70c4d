// Where a champion comes from. A run logs who descends from whom, but keeps the genomes of the
// champions only; since every draw of a variation has an address (seed, generation, index), the
// others can be made again from the first ancestor on.
#pragma once

#include <functional>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/encoding/encoding.h"
#include "report/page/run_reading.h"

namespace fool {

// From the first ancestor to the item itself, along the first parents; shorter where an ancestor
// took no cell, as then the log does not know it.
std::vector<ItemId> line_of_descent(const RunReading& run, ItemId item);

// Up to `most` places of a line of that length, evenly spread, with the first and the last.
std::vector<std::size_t> evenly_spread(std::size_t length, std::size_t most);

// Makes the wanted items and what they descend from again, and calls `use` for the wanted ones in
// ascending order; those whose ancestors are not all logged are left out. That a genome is the one
// that was scored is sure only when it is compared: a search that follows gradients makes children
// in another way. Throws what the components of the run's configuration throw.
void replay(const RunReading& run, const Encoding& encoding, const std::vector<ItemId>& wanted,
            const std::function<void(ItemId, const GenomePtr&)>& use);

}  // namespace fool
