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

// The same as the file has it: batch normalisation is a layer of its own, which uses the statistics
// that it was trained with, so the parameters can be trained on and written again.
std::shared_ptr<NativeNetwork> make_unfolded_network(const ModelSpec& spec);

// Without values for its parameters.
std::shared_ptr<NativeNetwork> make_unfilled_network(const ModelSpec& spec);

}  // namespace fool
