// What a run and its continuation have in common: which settings may change in between, and whether
// there is anything left to do.
#pragma once

#include <string>

#include "fool/core/json.h"

namespace fool {

// Settings that may differ between a run and its continuation, because they change no result.
bool free_to_change(const std::string& key);

// The value of a dotted key; null if it is not there.
Json value_at(const Json& config, const std::string& dotted_key);

// The first setting that is not free to change and is another in `then`; empty if there is none.
std::string first_difference(const Json& now, const Json& then);

}  // namespace fool
