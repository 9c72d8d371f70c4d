#include "search/class_policy.h"

#include <algorithm>
#include <tuple>

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
  static const std::vector<std::string> all = {"uniform", "weakest", "improving", "nearest"};
  return all;
}

ClassPolicy::ClassPolicy(const std::string& name, int classes, float target)
    : kind_(name == "uniform"   ? Kind::kUniform
            : name == "weakest" ? Kind::kWeakest
            : name == "nearest" ? Kind::kNearest
                                : Kind::kImproving),
      target_(target),
      chosen_(static_cast<std::size_t>(classes)),
      gains_(static_cast<std::size_t>(classes)) {}

int ClassPolicy::choose(const Archive& archive, const std::vector<int>& at_work, RngStream& rng) {
  const double draw = rng.uniform();
  const int least = *std::min_element(at_work.begin(), at_work.end());
  std::vector<int> candidates;
  for (int k = 0; k < archive.classes(); ++k) {
    if (at_work[static_cast<std::size_t>(k)] == least) candidates.push_back(k);
  }
  if (kind_ == Kind::kNearest) {
    const int k = nearest(archive, candidates);
    ++chosen_[static_cast<std::size_t>(k)];
    return k;
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

int ClassPolicy::nearest(const Archive& archive, const std::vector<int>& candidates) const {
  const auto rank = [&](int k) {
    const double p = confidence(archive, k);
    const bool finished = p >= static_cast<double>(target_);
    return std::make_tuple(finished, chosen_[static_cast<std::size_t>(k)], -p);
  };
  return *std::min_element(candidates.begin(), candidates.end(),
                           [&](int a, int b) { return rank(a) < rank(b); });
}

void ClassPolicy::tell(const AddReport& report) {
  for (double& gain : gains_) gain *= kMemory;
  for (const Improvement& improvement : report.improvements) {
    gains_[static_cast<std::size_t>(improvement.cell)] +=
        static_cast<double>(improvement.after) - static_cast<double>(improvement.before);
  }
}

Json ClassPolicy::save() const { return {{"gains", gains_}, {"chosen", chosen_}}; }

void ClassPolicy::load(const Json& json) {
  const auto gains = json.at("gains").get<std::vector<double>>();
  const auto chosen = json.at("chosen").get<std::vector<int>>();
  if (gains.size() != gains_.size() || chosen.size() != chosen_.size()) {
    fail(ErrorKind::kData, "gains of {} classes, expected {}", gains.size(), gains_.size());
  }
  gains_ = gains;
  chosen_ = chosen;
}

Parameter class_policy_parameter() {
  return param("class_policy", "nearest", "Which class is worked for next.")
      .one_of(ClassPolicy::names());
}

}  // namespace fool
