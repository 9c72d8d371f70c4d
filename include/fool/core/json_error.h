// What the JSON library has to complain about, in words for people.
#pragma once

#include <string>

#include "fool/core/json.h"

namespace fool {

// The message without the library's name for it: "number overflow parsing '1e400'" and not
// "[json.exception.out_of_range.406] number overflow parsing '1e400'".
std::string complaint_of(const Json::exception& error);

}  // namespace fool
