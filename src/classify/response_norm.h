// Local response normalisation across channels (Krizhevsky et al. 2012), as one operation that
// engines recognise.
#pragma once

#include <torch/torch.h>

namespace fool {

// x / (k + alpha / size * sum of squares of the `size` channels around)^beta. x: [N, C, H, W].
// LibTorch's own takes a detour through a three-dimensional pooling that costs more than the
// convolutions.
torch::Tensor response_norm(const torch::Tensor& x, int size, double alpha, double beta, double k);

}  // namespace fool
