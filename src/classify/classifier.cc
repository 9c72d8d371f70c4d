#include "fool/classify/classifier.h"

#include "fool/core/error.h"

namespace fool {

void Classifier::logits(const ImageBatch& images, Span<float> logits) {
  fail(ErrorKind::kUsage, "{} gives no logits", info().name);
}

void Classifier::input_gradient(const ImageBatch& images, Span<const int> classes,
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
  verify_weights(spec);
  return make_checked(backends.find(spec.format, "format").make(Json::object(), spec, how));
}

}  // namespace fool
