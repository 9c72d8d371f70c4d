// The gradient of a network's output for a class with respect to the pixels, by LibTorch: what the
// classifiers share whose networks run in it, on the processor or on a device.
#pragma once

#include <torch/torch.h>

#include "classify/network.h"
#include "classify/preprocess.h"
#include "fool/classify/classifier.h"

namespace fool {

// As Classifier::input_gradient(), of a network on `device`. Its input is in memory as `format`
// says.
void compute_input_gradient(Network& network, const ModelSpec& spec,
                            const Preprocessor& preprocessor, torch::Device device,
                            torch::MemoryFormat format, const ImageBatch& images,
                            Span<const int> classes, Objective objective, Span<float> probabilities,
                            Span<float> gradient);

}  // namespace fool
