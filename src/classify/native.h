// Built-in networks and their weights, however these were read.
#pragma once

#include <functional>
#include <memory>

#include "classify/network.h"
#include "fool/model/safetensors.h"

namespace fool {

// The network of the card's architecture, filled with the weights and ready for evaluation: batch
// normalisation is folded into convolutions. Throws Error(kModel).
std::shared_ptr<NativeNetwork> make_native_network(const ModelSpec& spec,
                                                   const NamedTensors& weights);

// The same where the network's own parameters tell how a file is to be read.
using WeightsFor = std::function<NamedTensors(const NativeNetwork&)>;
std::shared_ptr<NativeNetwork> make_native_network(const ModelSpec& spec,
                                                   const WeightsFor& weights_for);

}  // namespace fool
