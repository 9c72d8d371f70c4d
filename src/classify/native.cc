#include "classify/native.h"

#include "classify/load_parameters.h"
#include "classify/networks/layers.h"
#include "classify/settings_of_card.h"
#include "classify/torch_classifier.h"
#include "classify/torch_errors.h"
#include "fool/model/weights_file.h"

namespace fool {

std::shared_ptr<NativeNetwork> make_native_network(const ModelSpec& spec,
                                                   const NamedTensors& weights) {
  return make_native_network(spec, [&](const NativeNetwork& network) {
    NamedTensors renamed = weights;
    network.rename(renamed.tensors);
    return renamed;
  });
}

std::shared_ptr<NativeNetwork> make_native_network(const ModelSpec& spec,
                                                   const WeightsFor& weights_for) {
  const NetworkRegistry& networks = NetworkRegistry::instance();
  if (!networks.contains(spec.architecture)) {
    fail(ErrorKind::kModel,
         "{}: there is no built-in network \"{}\"{}; known: {}; another one can be used as a "
         "TorchScript file",
         spec.card.string(), spec.architecture, did_you_mean(spec.architecture, networks.names()),
         fmt::join(networks.names(), ", "));
  }
  const auto& entry = networks.find(spec.architecture, "architecture");
  return translate_torch_errors(spec.name, [&]() -> std::shared_ptr<NativeNetwork> {
    const std::shared_ptr<NativeNetwork> network =
        entry.make(settings_of_card(spec, entry.parameters), spec);
    load_parameters(*network, weights_for(*network), spec.weights.string());
    network->eval();
    for (torch::Tensor& parameter : network->parameters()) {
      parameter.set_requires_grad(false);
      if (parameter.dim() == 4)
        parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
    }
    fold_batch_norms(*network);
    return network;
  });
}

namespace {

std::unique_ptr<Classifier> make_native(const Json& settings, const ModelSpec& spec) {
  return std::make_unique<TorchClassifier>(
      spec, make_native_network(spec, read_weights(spec.weights)), "native " + spec.architecture);
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
}  // namespace fool
