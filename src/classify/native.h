// Built-in networks and their weights, however these were read.
#pragma once

#include <memory>

#include "classify/network.h"
#include "fool/model/safetensors.h"

namespace fool {

// The network of the card's architecture, filled with the weights and ready for evaluation: batch
// normalisation is folded into convolutions. Throws Error(kModel).
std::shared_ptr<NativeNetwork> make_native_network(const ModelSpec& spec,
                                                   const NamedTensors& weights);

}  // namespace fool
