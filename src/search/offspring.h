// MAP-Elites' offspring: parents drawn uniformly over the occupied cells (paper sections 1.1 and
// 1.2).
#pragma once

#include <vector>

#include "fool/archive/archive.h"

namespace fool {

// A child, without number and generation. champions: Archive::champions(). Both children of a pair
// draw the same parents, from the address of the first.
Item make_offspring(const Encoding& encoding, const std::vector<ItemPtr>& champions,
                    const ItemAddress& address);

}  // namespace fool
