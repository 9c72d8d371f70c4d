// Which class a gradient, and so a child, works for.
#pragma once

#include <string>
#include <vector>

#include "fool/archive/archive.h"
#include "fool/core/json.h"
#include "fool/core/parameters.h"
#include "fool/core/rng.h"

namespace fool {

class ClassPolicy {
 public:
  // "uniform": any class. "weakest": the one whose cell has the least confidence. "improving": by
  // what its cell has gained lately, so that hopeless and finished ones are left alone. "nearest":
  // of the unfinished ones that were chosen least often, the one with the most confidence: it needs
  // the fewest steps, and its images are a better start for its neighbours.
  static const std::vector<std::string>& names();

  // target: the confidence from which on a class is finished.
  ClassPolicy(const std::string& name, int classes, float target = 1.0F);

  // A class among those that are worked for least. at_work: [K], how many work for it now; not all
  // of them can be at work alike for lack of others. One draw.
  int choose(const Archive& archive, const std::vector<int>& at_work, RngStream& rng);

  // To be called once a generation.
  void tell(const AddReport& report);

  Json save() const;
  void load(const Json& json);  // throws Error(kData)

 private:
  enum class Kind { kUniform, kWeakest, kImproving, kNearest };

  int nearest(const Archive& archive, const std::vector<int>& candidates) const;

  Kind kind_;
  float target_;
  std::vector<int> chosen_;    // [K], how often
  std::vector<double> gains_;  // [K], of late
};

// The setting for it. On SqueezeNet 1.1 the default is the best one of gradient-mutation and cma
// and far ahead of "weakest" for gradient-cppn; for memetic it is behind at first and far ahead of
// "uniform" in the end (scripts/experiments/README.md).
Parameter class_policy_parameter();

}  // namespace fool
