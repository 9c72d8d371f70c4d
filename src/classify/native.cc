#include "classify/native.h"

#include <utility>

#include "classify/load_parameters.h"
#include "classify/native_weights.h"
#include "classify/networks/layers.h"
#include "classify/settings_of_card.h"
#include "classify/torch_classifier.h"
#include "classify/torch_errors.h"
#include "fool/classify/built_in_weights.h"

namespace fool {
namespace {

void fill(NativeNetwork& network, const NamedTensors& weights, const ModelSpec& spec) {
  translate_torch_errors(spec.name, [&] {
    load_parameters(network, weights, spec.weights.string());
    network.eval();
    for (torch::Tensor& parameter : network.parameters()) {
      parameter.set_requires_grad(false);
      if (parameter.dim() == 4)
        parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
    }
    fold_batch_norms(network);
  });
}

std::unique_ptr<Classifier> make_native(const Json& settings, const ModelSpec& spec,
                                        const Execution& how) {
  return make_network_classifier(spec, make_native_network(spec), "native " + spec.architecture,
                                 how);
}

FOOL_REGISTER(ClassifierRegistry, {"safetensors",
                                   "A built-in network with weights from a safetensors file",
                                   {},
                                   {},
                                   make_native});
FOOL_REGISTER(
    ClassifierRegistry,
    {"pytorch", "A built-in network with weights from a PyTorch file (.pth)", {}, {}, make_native});

}  // namespace

std::shared_ptr<NativeNetwork> make_unfilled_network(const ModelSpec& spec) {
  const NetworkRegistry& networks = NetworkRegistry::instance();
  if (!networks.contains(spec.architecture)) {
    fail(ErrorKind::kModel,
         "{}: there is no built-in network \"{}\"{}; known: {}; another one can be used as a "
         "TorchScript or ONNX file",
         spec.card.string(), spec.architecture, did_you_mean(spec.architecture, networks.names()),
         fmt::join(networks.names(), ", "));
  }
  const auto& entry = networks.find(spec.architecture, "architecture");
  return translate_torch_errors(spec.name, [&]() -> std::shared_ptr<NativeNetwork> {
    return entry.make(settings_of_card(spec, entry.parameters), spec);
  });
}

std::shared_ptr<NativeNetwork> make_unfolded_network(const ModelSpec& spec) {
  const std::shared_ptr<NativeNetwork> network = make_unfilled_network(spec);
  const NamedTensors weights = read_native_weights(spec.weights, *network);
  translate_torch_errors(spec.name, [&] {
    load_parameters(*network, weights, spec.weights.string());
    network->eval();
  });
  return network;
}

std::shared_ptr<NativeNetwork> make_native_network(const ModelSpec& spec) {
  const std::shared_ptr<NativeNetwork> network = make_unfilled_network(spec);
  fill(*network, read_native_weights(spec.weights, *network), spec);
  return network;
}

std::shared_ptr<NativeNetwork> make_native_network(const ModelSpec& spec, NamedTensors weights) {
  const std::shared_ptr<NativeNetwork> network = make_unfilled_network(spec);
  network->rename(weights.tensors);
  fill(*network, weights, spec);
  return network;
}

bool is_built_in(const std::string& architecture) {
  return NetworkRegistry::instance().contains(architecture);
}

NamedTensors built_in_weights(const ModelSpec& spec) {
  const std::shared_ptr<NativeNetwork> network = make_unfilled_network(spec);
  NamedTensors weights = read_native_weights(spec.weights, *network);
  fill(*network, weights, spec);
  return weights;
}

}  // namespace fool
