// A file's tensors under the names, and with the shapes, that a built-in network has for them.
#pragma once

#include "classify/network.h"

namespace fool {

// Reads a file of any kind that holds weights alone. Caffe's layers have names of their own and are
// taken in their order, which is the network's. Throws Error(kModel).
NamedTensors read_native_weights(const std::filesystem::path& file, const NativeNetwork& network);

}  // namespace fool
