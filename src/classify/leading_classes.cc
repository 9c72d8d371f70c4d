#include "fool/classify/leading_classes.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fool/core/error.h"

namespace fool {
namespace {

class LeadingClasses : public Classifier {
 public:
  LeadingClasses(std::unique_ptr<Classifier> inner, int classes)
      : inner_(std::move(inner)),
        info_(inner_->info()),
        all_classes_(static_cast<std::size_t>(info_.classes)) {
    info_.name += fmt::format(", the first {} of {} classes", classes, info_.classes);
    info_.classes = classes;
    info_.fingerprint["leading_classes"] = classes;
  }

  const ClassifierInfo& info() const override { return info_; }

  void classify(const ImageBatch& images, Span<float> probabilities) override {
    inner_->classify(images, room_for(images));
    copy_leading(probabilities);
  }

  void logits(const ImageBatch& images, Span<float> logits) override {
    inner_->logits(images, room_for(images));
    copy_leading(logits);
  }

  void input_gradient(const ImageBatch& images, Span<const int> classes, Objective objective,
                      Span<float> probabilities, Span<float> gradient) override {
    inner_->input_gradient(images, classes, objective, room_for(images), gradient);
    copy_leading(probabilities);
  }

  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<LeadingClasses>(inner_->clone(), info_.classes);
  }

  const StageTimes& times() const override { return inner_->times(); }

 private:
  Span<float> room_for(const ImageBatch& images) {
    all_.resize(static_cast<std::size_t>(images.count()) * all_classes_);
    return all_;
  }

  void copy_leading(Span<float> to) const {
    const auto leading = static_cast<std::size_t>(info_.classes);
    if (to.size() * all_classes_ != all_.size() * leading) {
      fail(ErrorKind::kInternal, "{}: there is room for {} numbers of {} images", info_.name,
           to.size(), all_.size() / all_classes_);
    }
    for (std::size_t b = 0; b < all_.size() / all_classes_; ++b) {
      std::copy_n(all_.data() + b * all_classes_, leading, to.data() + b * leading);
    }
  }

  std::unique_ptr<Classifier> inner_;
  ClassifierInfo info_;
  std::size_t all_classes_;
  std::vector<float> all_;  // [B, K] of the network
};

}  // namespace

std::unique_ptr<Classifier> make_leading_classes(std::unique_ptr<Classifier> inner, int classes) {
  if (classes < 1 || classes > inner->info().classes) {
    fail(ErrorKind::kConfig, "{}: expected 1..{} of its classes, found {}", inner->info().name,
         inner->info().classes, classes);
  }
  return std::make_unique<LeadingClasses>(std::move(inner), classes);
}

}  // namespace fool
