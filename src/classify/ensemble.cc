#include "fool/classify/ensemble.h"

#include <algorithm>
#include <utility>

#include "classify/mixture.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using Members = std::vector<std::unique_ptr<Classifier>>;

ClassifierInfo info_of(const Members& members, EnsembleRule rule) {
  ClassifierInfo info = members.front()->info();
  info.name.clear();
  info.multiply_adds = 0;
  Json fingerprints = Json::array();
  bool counted = true;
  for (const auto& member : members) {
    const ClassifierInfo& own = member->info();
    info.name += (info.name.empty() ? "" : " + ") + own.name;
    info.differentiable = info.differentiable && own.differentiable;
    counted = counted && own.multiply_adds > 0;
    info.multiply_adds += own.multiply_adds;
    fingerprints.push_back(own.fingerprint);
  }
  if (!counted) info.multiply_adds = 0;
  info.name = fmt::format("{} of {}", name_of(rule), info.name);
  info.fingerprint = {{"ensemble", name_of(rule)}, {"members", fingerprints}};
  // Where a member sees a part of the images only, they are a canvas as that of crops is.
  for (const Json& member : fingerprints) {
    if (!member.contains("canvas")) continue;
    info.fingerprint["canvas"] = member.at("canvas");
    info.fingerprint["crops"] = member.at("crops");
  }
  return info;
}

class Ensemble : public Classifier {
 public:
  Ensemble(Members members, EnsembleRule rule)
      : members_(std::move(members)),
        rule_(rule),
        info_(info_of(members_, rule)),
        mixture_(rule, members_.size()) {}

  const ClassifierInfo& info() const override { return info_; }

  void classify(const ImageBatch& images, Span<float> probabilities) override {
    for (std::size_t m = 0; m < members_.size(); ++m) {
      mixture_.part(m).resize(probabilities.size());
      members_[m]->classify(images, mixture_.part(m));
    }
    mixture_.combine(probabilities);
  }

  void logits(const ImageBatch&, Span<float>) override { refuse_logits(); }

  void input_gradient(const ImageBatch& images, Span<const int> classes, Objective objective,
                      Span<float> probabilities, Span<float> gradient) override {
    if (objective == Objective::kLogit) refuse_logits();
    std::vector<std::vector<float>> gradients(members_.size());
    for (std::size_t m = 0; m < members_.size(); ++m) {
      mixture_.part(m).resize(probabilities.size());
      gradients[m].resize(gradient.size());
      members_[m]->input_gradient(images, classes, objective, mixture_.part(m), gradients[m]);
    }
    mixture_.combine(probabilities);
    const std::size_t pixels = info_.shape.size();
    for (std::size_t b = 0; b < classes.size(); ++b) {
      const std::size_t own =
          b * static_cast<std::size_t>(info_.classes) + static_cast<std::size_t>(classes[b]);
      const Span<float> to = gradient.subspan(b * pixels, pixels);
      std::fill(to.begin(), to.end(), 0.0F);
      for (std::size_t m = 0; m < members_.size(); ++m) {
        const float weight = mixture_.weight_of(m, own, objective, probabilities[own]);
        if (weight == 0.0F) continue;
        const float* from = gradients[m].data() + b * pixels;
        for (std::size_t i = 0; i < pixels; ++i) to[i] += weight * from[i];
      }
    }
  }

  std::unique_ptr<Classifier> clone() const override {
    Members clones;
    for (const auto& member : members_) clones.push_back(member->clone());
    return std::make_unique<Ensemble>(std::move(clones), rule_);
  }

  const StageTimes& times() const override {
    times_ = StageTimes();
    for (const auto& member : members_) times_ += member->times();
    return times_;
  }

 private:
  [[noreturn]] void refuse_logits() const {
    fail(ErrorKind::kUsage,
         "{}: an ensemble has no logits; expected the objective probability or log_probability",
         info_.name);
  }

  Members members_;
  EnsembleRule rule_;
  ClassifierInfo info_;
  Mixture mixture_;
  mutable StageTimes times_;
};

std::string shape_text(const ImageShape& shape) {
  return fmt::format("{}x{}x{}", shape.height, shape.width, shape.channels);
}

}  // namespace

EnsembleRule ensemble_rule(const std::string& name) {
  if (name == "mean") return EnsembleRule::kMean;
  if (name == "min") return EnsembleRule::kMin;
  fail(ErrorKind::kConfig, "ensemble: expected mean or min, found {}", name);
}

std::string name_of(EnsembleRule rule) { return rule == EnsembleRule::kMean ? "mean" : "min"; }

std::unique_ptr<Classifier> make_ensemble(Members members, EnsembleRule rule) {
  if (members.size() < 2) {
    fail(ErrorKind::kConfig, "ensemble: expected two networks or more, found {}", members.size());
  }
  const ClassifierInfo& first = members.front()->info();
  for (const auto& member : members) {
    const ClassifierInfo& own = member->info();
    if (own.classes != first.classes) {
      fail(ErrorKind::kConfig,
           "ensemble: {} has {} classes and {} has {}; expected networks of the same classes",
           first.name, first.classes, own.name, own.classes);
    }
    if (own.shape != first.shape) {
      fail(ErrorKind::kConfig,
           "ensemble: {} takes images of {} and {} of {} (height, width, channels); expected the "
           "same",
           first.name, shape_text(first.shape), own.name, shape_text(own.shape));
    }
  }
  return std::make_unique<Ensemble>(std::move(members), rule);
}

}  // namespace fool
