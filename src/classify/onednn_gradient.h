// Gradients with oneDNN's primitives: a few images at a time go forward through the network and
// back again, so that what lies between stays in the caches.
#pragma once

#include <memory>

#include "classify/forward_engine.h"
#include "classify/onednn_plan.h"

namespace fool::onednn {

// For batches of `batch` images. Throws dnnl::error where oneDNN lacks one of the primitives.
std::unique_ptr<GradientEngine> make_gradient_engine(LayerGraph graph, int batch,
                                                     const Preprocessor& input,
                                                     PackedWeights& weights);

}  // namespace fool::onednn
