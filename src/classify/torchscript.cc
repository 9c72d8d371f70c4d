// Any network as a TorchScript file: input [N, C, H, W] f32 -> [N, K].
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>

#include "classify/torch_classifier.h"
#include "classify/torch_errors.h"

namespace fool {
namespace {

class ScriptNetwork : public Network {
 public:
  ScriptNetwork(torch::jit::Module module, std::string name)
      : module_(std::move(module)), name_(std::move(name)) {}

  torch::Tensor forward(const torch::Tensor& input) override {
    // The profiling executor rewrites the graph during the first calls; without it every call does
    // the same arithmetic.
    const torch::jit::GraphOptimizerEnabledGuard as_written(false);
    const torch::jit::IValue output = module_.forward({input});
    if (!output.isTensor()) {
      fail(ErrorKind::kModel, "{}: the network returns {}; expected one tensor", name_,
           output.tagKind());
    }
    return output.toTensor();
  }

  LayerGraph layers(const ImageShape& input) override {
    return read_layers(*module_.get_method("forward").graph(), input);
  }

 private:
  torch::jit::Module module_;
  std::string name_;
};

std::unique_ptr<Classifier> make_torchscript(const Json& settings, const ModelSpec& spec,
                                             const Execution& how) {
  return translate_torch_errors(spec.weights.string(), [&]() -> std::unique_ptr<Classifier> {
    torch::jit::Module module = torch::jit::load(spec.weights.string(), torch::kCPU);
    module.eval();
    for (const torch::Tensor& parameter : module.parameters()) {
      parameter.set_requires_grad(false);
    }
    // Freezing makes constants of the weights and folds batch normalisation into convolutions.
    auto network = std::make_shared<ScriptNetwork>(torch::jit::freeze(module), spec.name);
    return make_network_classifier(spec, network, "torchscript", how);
  });
}

FOOL_REGISTER(ClassifierRegistry,
              {"torchscript", "A self-contained TorchScript file", {}, {}, make_torchscript});

}  // namespace
}  // namespace fool
