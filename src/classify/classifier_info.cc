#include "classify/classifier_info.h"

#include "fool/core/files.h"

namespace fool {
namespace {

const char* name_of(ChannelOrder order) {
  return order == ChannelOrder::kRgb ? "RGB" : order == ChannelOrder::kBgr ? "BGR" : "grey";
}

}  // namespace

ClassifierInfo make_classifier_info(const ModelSpec& spec, const std::string& backend,
                                    const std::string& library) {
  ClassifierInfo info;
  info.name = spec.name;
  info.classes = spec.classes;
  info.shape = spec.input.shape();
  info.differentiable = true;
  info.fingerprint = {
      {"weights_sha256", spec.sha256.empty() ? sha256_file(spec.weights) : spec.sha256},
      {"backend", backend},
      {"options", spec.options},
      {"channels", name_of(spec.input.channels)},
      {"scale", spec.input.scale},
      {"mean", spec.input.mean},
      {"std", spec.input.std},
      {"library", library},
      {"device", "cpu"},
      {"dtype", "float32"},
      {"threads", 1},
      {"crops", 1}};
  return info;
}

}  // namespace fool
