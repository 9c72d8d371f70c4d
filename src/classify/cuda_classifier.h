// A network on an NVIDIA device as a classifier: images are sent there, probabilities come back. A
// search leaves the images on the device altogether, see eval/block_scorer.h.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "classify/layer_graph.h"
#include "fool/classify/classifier.h"

namespace fool {

// `backend` is for the fingerprint; `layers` reads the network. Throws Error(kDevice) if the build
// or the machine has no such device, and Error(kConfig) naming the operation of a network that
// cannot be run there.
std::unique_ptr<Classifier> make_cuda_classifier(const ModelSpec& spec, const std::string& backend,
                                                 const Execution& how,
                                                 const std::function<LayerGraph()>& layers);

}  // namespace fool
