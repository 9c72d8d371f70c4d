#include "train/enlarged_network.h"

#include "classify/native.h"
#include "classify/torch_errors.h"
#include "fool/core/error.h"

namespace fool {
namespace {

// The last parameter with a row for each class.
std::string last_layer(const NativeNetwork& network, const ModelSpec& spec) {
  const std::string suffix = ".weight";
  std::string last;
  for (const auto& parameter : network.named_parameters()) {
    const std::string& key = parameter.key();
    const bool is_weight = key.size() > suffix.size() &&
                           key.compare(key.size() - suffix.size(), suffix.size(), suffix) == 0;
    if (is_weight && parameter.value().dim() > 1 && parameter.value().size(0) == spec.classes) {
      last = key.substr(0, key.size() - suffix.size());
    }
  }
  if (last.empty()) {
    fail(ErrorKind::kModel,
         "{}: expected a last layer with weights for each of {} classes, found none", spec.name,
         spec.classes);
  }
  return last;
}

void copy_value(const std::string& key, const torch::Tensor& from, const torch::Tensor& to,
                const std::string& last) {
  if (key != last + ".weight" && key != last + ".bias") {
    to.copy_(from);
    return;
  }
  const std::int64_t classes = from.size(0);
  to.narrow(0, 0, classes).copy_(from);
  to.select(0, classes).copy_(from.mean(0));
}

}  // namespace

EnlargedNetwork enlarge_network(const ModelSpec& spec) {
  if (spec.architecture == "sequential") {
    fail(ErrorKind::kModel,
         "{}: its card describes its layers, which have room for {} classes; expected a network of "
         "another architecture",
         spec.name, spec.classes);
  }
  const auto known = make_unfolded_network(spec);
  ModelSpec larger = spec;
  ++larger.classes;
  EnlargedNetwork result{make_unfilled_network(larger), last_layer(*known, spec)};
  translate_torch_errors(spec.name, [&] {
    const torch::NoGradGuard no_gradient;
    const auto parameters = result.network->named_parameters();
    for (const auto& p : known->named_parameters()) {
      copy_value(p.key(), p.value(), parameters[p.key()], result.last);
    }
    const auto buffers = result.network->named_buffers();
    for (const auto& b : known->named_buffers()) buffers[b.key()].copy_(b.value());
    for (torch::Tensor& parameter : result.network->parameters()) {
      parameter.set_requires_grad(false);
    }
    result.network->eval();
  });
  return result;
}

}  // namespace fool
