#include "classify/outputs.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "fool/core/error.h"
#include "fool/core/repro_math.h"

namespace fool {

void expect_output_shape(const ModelSpec& spec, int batch, Span<const std::int64_t> shape) {
  if (shape.size() == 2 && shape[0] == batch && shape[1] == spec.classes) return;
  fail(
      ErrorKind::kModel,
      "{}: the network gave an output of shape [{}] for {} image{}; expected [{}, {}], the classes "
      "of {}",
      spec.name, fmt::join(shape.begin(), shape.end(), ", "), batch, batch == 1 ? "" : "s", batch,
      spec.classes, spec.card.empty() ? "its card" : spec.card.string());
}

void to_probabilities(OutputKind kind, Span<const float> outputs, Span<float> probabilities) {
  if (kind == OutputKind::kProbabilities) {
    std::copy(outputs.begin(), outputs.end(), probabilities.begin());
    return;
  }
  // Log-probabilities are logits whose softmax has a denominator of 1.
  float highest = -std::numeric_limits<float>::infinity();
  bool usable = true;
  for (const float x : outputs) {
    usable = usable && x < std::numeric_limits<float>::infinity();
    highest = std::max(highest, x);
  }
  if (!usable || !std::isfinite(highest)) {
    std::fill(probabilities.begin(), probabilities.end(), std::numeric_limits<float>::quiet_NaN());
    return;
  }
  const float* in = outputs.data();
  float* out = probabilities.data();
  const std::size_t size = outputs.size();
  for (std::size_t k = 0; k < size; ++k) out[k] = repro::exp(in[k] - highest);
  double sum = 0.0;
  for (std::size_t k = 0; k < size; ++k) sum += out[k];
  for (std::size_t k = 0; k < size; ++k) out[k] = static_cast<float>(out[k] / sum);
}

void objective_gradient(OutputKind kind, Objective objective, Span<const float> probabilities,
                        int wanted, Span<float> gradient) {
  const auto own = static_cast<std::size_t>(wanted);
  const float p = probabilities[own];
  std::fill(gradient.begin(), gradient.end(), 0.0F);
  if (kind == OutputKind::kProbabilities) {
    gradient[own] = objective == Objective::kProbability
                        ? 1.0F
                        : 1.0F / std::max(p, std::numeric_limits<float>::min());
    return;
  }
  gradient[own] = 1.0F;
  if (objective == Objective::kLogit) return;
  // Log-probabilities are as good as logits here: their softmax is the same function.
  for (std::size_t k = 0; k < gradient.size(); ++k) gradient[k] -= probabilities[k];
  if (objective == Objective::kLogProbability) return;
  for (float& value : gradient) value *= p;
}

void expect_logits(const ModelSpec& spec) {
  if (spec.output != OutputKind::kProbabilities) return;
  fail(ErrorKind::kUsage, "{}: the network gives probabilities, not logits", spec.name);
}

}  // namespace fool
