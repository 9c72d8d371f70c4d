// A classifier so simple that a test can say what it will answer: two classes, and the confidence
// in class 1 is the image's first pixel over 255. It counts the batches that it and its clones were
// given.
#pragma once

#include <atomic>
#include <memory>

#include "fool/classify/classifier.h"

namespace fool::fakes {

class PixelClassifier : public Classifier {
 public:
  explicit PixelClassifier(ImageShape shape) : batches_(std::make_shared<std::atomic<int>>(0)) {
    info_.name = "pixel";
    info_.classes = 2;
    info_.shape = shape;
    info_.fingerprint = {{"backend", "pixel"}};
  }

  int batches() const { return *batches_; }

  const ClassifierInfo& info() const override { return info_; }
  void classify(const ImageBatch& images, Span<float> probabilities) override {
    ++*batches_;
    for (int b = 0; b < images.count(); ++b) {
      const float p = static_cast<float>(images[b].data[0]) / 255.0F;
      probabilities[static_cast<std::size_t>(2 * b)] = 1.0F - p;
      probabilities[static_cast<std::size_t>(2 * b + 1)] = p;
    }
  }
  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<PixelClassifier>(*this);
  }
  const StageTimes& times() const override { return times_; }

 private:
  ClassifierInfo info_;
  StageTimes times_;
  std::shared_ptr<std::atomic<int>> batches_;
};

}  // namespace fool::fakes
