// A built-in network with one class more than its weights have.
#pragma once

#include <memory>
#include <string>

#include "classify/network.h"

namespace fool {

struct EnlargedNetwork {
  std::shared_ptr<NativeNetwork> network;  // not folded, in evaluation mode, without gradients
  std::string last;                        // its last layer: parameters LAST.weight and LAST.bias
};

// The new class's weights are the mean of all others', so that it begins as a class like any other.
// Throws Error(kModel) for a network that is not built in, whose card describes its layers, or
// whose last layer cannot be told.
EnlargedNetwork enlarge_network(const ModelSpec& spec);

}  // namespace fool
