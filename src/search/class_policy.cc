#include "search/class_policy.h"

#include <algorithm>

#include "fool/core/error.h"

namespace fool {
namespace {

constexpr double kMemory = 0.98;  // of gains, from generation to generation
// What a class without gains counts beside those with some.
constexpr double kLeast = 1e-3;

double confidence(const Archive& archive, int k) {
  const Elite* elite = archive.cell(k);
  return elite == nullptr ? 0.0 : static_cast<double>(elite->confidence);
}

}  // namespace

const std::vector<std::string>& ClassPolicy::names() {
  static const std::vector<std::string> all = {"uniform", "weakest", "improving"};
  return all;
}

ClassPolicy::ClassPolicy(const std::string& name, int classes)
    : kind_(name == "uniform"   ? Kind::kUniform
            : name == "weakest" ? Kind::kWeakest
                                : Kind::kImproving),
      gains_(static_cast<std::size_t>(classes)) {}

int ClassPolicy::choose(const Archive& archive, const std::vector<int>& at_work,
                        RngStream& rng) const {
  const double draw = rng.uniform();
  const int least = *std::min_element(at_work.begin(), at_work.end());
  std::vector<int> candidates;
  for (int k = 0; k < archive.classes(); ++k) {
    if (at_work[static_cast<std::size_t>(k)] == least) candidates.push_back(k);
  }
  if (kind_ == Kind::kWeakest) {
    return *std::min_element(candidates.begin(), candidates.end(), [&](int a, int b) {
      return confidence(archive, a) < confidence(archive, b);
    });
  }
  std::vector<double> sums;
  double sum = 0;
  for (const int k : candidates) {
    sum += kind_ == Kind::kUniform ? 1.0 : gains_[static_cast<std::size_t>(k)] + kLeast;
    sums.push_back(sum);
  }
  const auto place = std::upper_bound(sums.begin(), sums.end(), draw * sum);
  const auto i = std::min(place - sums.begin(), std::ptrdiff_t(candidates.size()) - 1);
  return candidates[static_cast<std::size_t>(i)];
}

void ClassPolicy::tell(const AddReport& report) {
  for (double& gain : gains_) gain *= kMemory;
  for (const Improvement& improvement : report.improvements) {
    gains_[static_cast<std::size_t>(improvement.cell)] +=
        static_cast<double>(improvement.after) - static_cast<double>(improvement.before);
  }
}

Json ClassPolicy::save() const { return gains_; }

void ClassPolicy::load(const Json& json) {
  const auto gains = json.get<std::vector<double>>();
  if (gains.size() != gains_.size()) {
    fail(ErrorKind::kData, "gains of {} classes, expected {}", gains.size(), gains_.size());
  }
  gains_ = gains;
}

Parameter class_policy_parameter() {
  return param("class_policy", "weakest", "Which class is worked for next.")
      .one_of(ClassPolicy::names());
}

}  // namespace fool
