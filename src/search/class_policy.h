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
  // what its cell has gained lately, so that hopeless and finished ones are left alone.
  static const std::vector<std::string>& names();

  ClassPolicy(const std::string& name, int classes);

  // A class among those that are worked for least. at_work: [K], how many work for it now; not all
  // of them can be at work alike for lack of others. One draw.
  int choose(const Archive& archive, const std::vector<int>& at_work, RngStream& rng) const;

  // To be called once a generation.
  void tell(const AddReport& report);

  Json save() const;
  void load(const Json& json);  // throws Error(kData)

 private:
  enum class Kind { kUniform, kWeakest, kImproving };

  Kind kind_;
  std::vector<double> gains_;  // [K], of late
};

// The setting for it, with the default that is measured to be the best.
Parameter class_policy_parameter();

}  // namespace fool
