#include "ascend/progress_step.h"

#include <algorithm>

#include "fool/core/repro_math.h"

namespace fool {

double wanted_gain(const AscentSettings& settings, double p) {
  const double gain = std::min(settings.early_progress, settings.late_progress * (1 - p));
  if (gain <= 0 || settings.objective == Objective::kProbability) return std::max(gain, 0.0);
  // Confidences that float32 cannot tell from 0 and 1 have logarithms all the same.
  constexpr double kLeast = 1e-38;
  constexpr double kLeastDoubt = 1e-8;
  const double now = std::max(p, kLeast);
  const double log_gain = repro::log((now + gain) / now);
  if (settings.objective == Objective::kLogProbability) return log_gain;
  const double doubt = std::max(1 - now, kLeastDoubt);
  return log_gain - repro::log(std::max(doubt - gain, kLeastDoubt) / doubt);
}

double progress_step(const AscentSettings& settings, double p, double squared_norm) {
  if (squared_norm <= 0) return 0;
  return std::min(settings.max_step, wanted_gain(settings, p) / squared_norm);
}

}  // namespace fool
