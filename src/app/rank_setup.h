// What the ranks of a run settle before it begins: who uses which cores, and that all of them
// compute the same.
#pragma once

#include <string>
#include <vector>

#include "fool/core/json.h"
#include "fool/eval/communicator.h"

namespace fool {

// The cores that this process may run on: "vm 0,1,5"; ranks of equal text share them.
std::string core_set();

// How many of its cores are a rank's own, if ranks that have the same ones divide them: at least 1.
// core_sets: of all ranks.
int own_cores(const std::vector<std::string>& core_sets, int rank);

// Throws Error(kDevice), the same on every rank, unless all ranks hand in the same facts: it names
// the first rank that differs from rank 0, its host, the fact and both values. `what` completes
// "the ranks do not have the same ...".
void require_same_on_all_ranks(Communicator& ranks, const std::string& what, const Json& facts);

}  // namespace fool
