// Adam (Kingma and Ba 2015), uphill: for searches that follow gradients.
#pragma once

#include <vector>

#include "fool/core/json.h"
#include "fool/core/span.h"

namespace fool {

struct AdamSettings {
  float learning_rate = 0.02F;
  float beta1 = 0.9F;
  float beta2 = 0.999F;
  float epsilon = 1e-8F;
};

// One trajectory. Plain arithmetic and square roots alone: the same bits everywhere.
class Adam {
 public:
  // Changes the parameters, [D], by one step; D is the same in every call.
  void step(const AdamSettings& settings, Span<const float> gradient, Span<float> parameters);

  Json save() const;
  static Adam load(const Json& json);  // throws Error(kData)

 private:
  std::vector<float> mean_;    // of gradients, [D]
  std::vector<float> square_;  // of their squares
  float mean_left_ = 1;        // what is still missing from the means: beta ^ steps
  float square_left_ = 1;
};

}  // namespace fool
