// Built-in networks with their weights, however these were read.
#pragma once

#include <memory>

#include "classify/network.h"
#include "fool/model/safetensors.h"

namespace fool {

// The network of the card's architecture, filled with the weights of the card's file and ready for
// evaluation: batch normalisation is folded into convolutions. Throws Error(kModel).
std::shared_ptr<NativeNetwork> make_native_network(const ModelSpec& spec);

// The same with weights that were read before.
std::shared_ptr<NativeNetwork> make_native_network(const ModelSpec& spec, NamedTensors weights);

}  // namespace fool
