// Networks of known layers on NVIDIA devices.
#pragma once

#include <memory>
#include <string>

#include "classify/device_network.h"
#include "classify/layer_graph.h"
#include "fool/model/model_spec.h"

namespace fool {

// precision: "float32", "float16" or "bfloat16". Throws Error(kDevice) where the machine has no
// such device.
std::shared_ptr<DeviceNetwork> make_device_network(LayerGraph layers, const ModelSpec& spec,
                                                   const std::string& precision, int device);

// Names and versions of what computes, for fingerprints.
std::string device_library(int device);

}  // namespace fool
