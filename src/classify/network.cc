#include "classify/network.h"

namespace fool {

LayerGraph Network::layers(const ImageShape& input) {
  return trace_layers([this](const torch::Tensor& x) { return forward(x); }, input);
}

}  // namespace fool
