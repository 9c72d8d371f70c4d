#include "classify/response_norm.h"

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/library.h>

namespace fool {
namespace {

torch::Tensor compute(const torch::Tensor& x, int size, double alpha, double beta, double k) {
  const int before = size / 2;
  const torch::Tensor squares =
      torch::constant_pad_nd(x.square(), {0, 0, 0, 0, before, size - 1 - before});
  torch::Tensor sum = squares.narrow(1, 0, x.size(1)).clone();
  for (int i = 1; i < size; ++i) sum += squares.narrow(1, i, x.size(1));
  const torch::Tensor d = sum * (alpha / size) + k;
  if (beta != 0.75) return x * d.pow(-beta);
  // d^-0.75 as d^-0.5 * d^-0.25
  const torch::Tensor root = d.rsqrt();
  return x * root * root.sqrt();
}

torch::Tensor compute_for_script(const torch::Tensor& x, std::int64_t size, double alpha,
                                 double beta, double k) {
  return compute(x, static_cast<int>(size), alpha, beta, k);
}

}  // namespace

// LibTorch wants to know the operations of the graphs that it writes down.
TORCH_LIBRARY(fool, library) {
  library.def("response_norm(Tensor x, int size, float alpha, float beta, float k) -> Tensor",
              compute_for_script);
}

torch::Tensor response_norm(const torch::Tensor& x, int size, double alpha, double beta, double k) {
  namespace tracer = torch::jit::tracer;
  if (!tracer::isTracing()) return compute(x, size, alpha, beta, k);
  // Noted as a whole, as LibTorch notes its own operations.
  const auto state = tracer::getTracingState();
  torch::jit::Node* node =
      state->createNode(c10::Symbol::fromQualString("fool::response_norm"), /*num_outputs=*/0);
  tracer::recordSourceLocation(node);
  tracer::addInputs(node, "x", x);
  tracer::addInputs(node, "size", std::int64_t{size});
  tracer::addInputs(node, "alpha", alpha);
  tracer::addInputs(node, "beta", beta);
  tracer::addInputs(node, "k", k);
  state->insertNode(node);
  tracer::setTracingState(nullptr);
  const torch::Tensor result = compute(x, size, alpha, beta, k);
  tracer::setTracingState(state);
  tracer::addOutput(node, result);
  return result;
}

}  // namespace fool
