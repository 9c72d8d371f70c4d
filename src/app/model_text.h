// What a network's card says, in words.
#pragma once

#include <string>

#include "fool/model/model_spec.h"

namespace fool {

// "227x227 BGR".
std::string input_text(const ModelSpec& spec);

// Whether the weights are where the card says, or not needed.
bool has_weights(const ModelSpec& spec);

}  // namespace fool
