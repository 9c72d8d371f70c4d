// Weights from a file into a torch module, and the check that they are its weights.
#pragma once

#include <torch/torch.h>

#include <string>

#include "fool/model/safetensors.h"

namespace fool {

// Copies each tensor into the parameter or buffer of the same name, as f32; "num_batches_tracked"
// may be there or not. Throws Error(kModel), beginning
// with `name`, that lists the keys that are missing, unexpected or of another shape.
void load_parameters(torch::nn::Module& module, const NamedTensors& weights,
                     const std::string& name);

}  // namespace fool
