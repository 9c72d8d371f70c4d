#include "fool/classify/classifier.h"

#include <utility>
#include <vector>

#include "fool/classify/device.h"
#include "fool/core/error.h"

namespace fool {

void Classifier::logits(const ImageBatch& images, Span<float> logits) {
  fail(ErrorKind::kUsage, "{} gives no logits", info().name);
}

void Classifier::input_gradient(const ImageBatch& images, Span<const int> classes,
                                Objective objective, Span<float> probabilities,
                                Span<float> gradient) {
  fail(ErrorKind::kUsage, "{} gives no gradients", info().name);
}

std::unique_ptr<Classifier> open_classifier(const ModelSpec& spec, const Execution& how) {
  const ClassifierRegistry& backends = ClassifierRegistry::instance();
  if (!backends.contains(spec.format)) {
    fail(ErrorKind::kModel, "{}: weights of format \"{}\" cannot be read{}; known formats: {}",
         spec.card.empty() ? spec.name : spec.card.string(), spec.format,
         did_you_mean(spec.format, backends.names()), fmt::join(backends.names(), ", "));
  }
  const std::vector<Device> devices = parse_devices(how.device);
  if (devices.size() > 1) {
    fail(ErrorKind::kConfig, "device {}: a single one was expected here", how.device);
  }
  expect_devices(devices);
  const bool on_device = devices.front().is_cuda;
  if (!on_device && how.precision == "float16") {
    fail(ErrorKind::kConfig,
         "evaluate.precision: float16 is for --device cuda; on the processor, bfloat16 is the fast "
         "one");
  }
  verify_weights(spec);
  auto classifier = backends.find(spec.format, "format").make(Json::object(), spec, how);
  if (on_device && classifier->on_device() == nullptr) {
    fail(ErrorKind::kConfig,
         "{}: networks of format \"{}\" run on the processor only: --device cpu", spec.name,
         spec.format);
  }
  return make_checked(std::move(classifier));
}

}  // namespace fool
