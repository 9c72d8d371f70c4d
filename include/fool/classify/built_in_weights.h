// The weights of a built-in network, whatever file they came in.
#pragma once

#include <string>

#include "fool/model/model_spec.h"
#include "fool/model/safetensors.h"

namespace fool {

// Whether there is a built-in network of this architecture.
bool is_built_in(const std::string& architecture);

// The tensors of the card's file under the names that the built-in network has for them, checked to
// be its weights. Throws Error(kModel).
NamedTensors built_in_weights(const ModelSpec& spec);

}  // namespace fool
