// A classifier whose gradient is known: logits are weighted sums of pixels, with weights drawn at
// random. It counts the images that it and its clones were given.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <memory>
#include <vector>

#include "fool/ascend/settings.h"
#include "fool/classify/classifier.h"
#include "fool/core/rng.h"

namespace fool {

class SlopeClassifier : public Classifier {
 public:
  // logit[k] = steepness * sum of weight[k] (pixel - 127.5) / 255.
  SlopeClassifier(ImageShape shape, int classes, double steepness)
      : steepness_(steepness), images_(std::make_shared<std::atomic<int>>(0)) {
    info_.name = "slope";
    info_.classes = classes;
    info_.shape = shape;
    info_.differentiable = true;
    RngStream rng(1, "test.slope", 0, 0);
    for (std::size_t i = 0; i < static_cast<std::size_t>(classes) * shape.size(); ++i) {
      weights_.push_back(rng.normal());
    }
  }

  // What becomes of a gradient before it is given away.
  std::function<void(const ImageBatch& images, Span<float> gradient)> spoil;
  // What becomes of probabilities.
  std::function<void(const ImageBatch& images, Span<float> probabilities)> distort;

  int images() const { return *images_; }
  double weight(int k, std::size_t i) const {
    return weights_[static_cast<std::size_t>(k) * info_.shape.size() + i];
  }

  const ClassifierInfo& info() const override { return info_; }
  ClassifierInfo& mutable_info() { return info_; }

  void classify(const ImageBatch& images, Span<float> probabilities) override {
    *images_ += images.count();
    const auto classes = static_cast<std::size_t>(info_.classes);
    for (int b = 0; b < images.count(); ++b) {
      std::vector<double> logits;
      for (int k = 0; k < info_.classes; ++k) {
        double logit = 0;
        for (std::size_t i = 0; i < info_.shape.size(); ++i) {
          logit += weight(k, i) * (images[b].data[i] - 127.5) / 255;
        }
        logits.push_back(steepness_ * logit);
      }
      const double highest = *std::max_element(logits.begin(), logits.end());
      double sum = 0;
      for (const double logit : logits) sum += std::exp(logit - highest);
      for (std::size_t k = 0; k < classes; ++k) {
        probabilities[static_cast<std::size_t>(b) * classes + k] =
            static_cast<float>(std::exp(logits[k] - highest) / sum);
      }
    }
    if (distort) distort(images, probabilities);
  }

  void input_gradient(const ImageBatch& images, Span<const int> classes, Objective objective,
                      Span<float> probabilities, Span<float> gradient) override {
    classify(images, probabilities);
    const std::size_t size = info_.shape.size();
    for (std::size_t b = 0; b < classes.size(); ++b) {
      const Span<const float> row = Span<const float>(probabilities)
                                        .subspan(b * static_cast<std::size_t>(info_.classes),
                                                 static_cast<std::size_t>(info_.classes));
      const double p = static_cast<double>(row[static_cast<std::size_t>(classes[b])]);
      for (std::size_t i = 0; i < size; ++i) {
        double slope = weight(classes[b], i);
        if (objective != Objective::kLogit) {
          for (int k = 0; k < info_.classes; ++k) {
            slope -= static_cast<double>(row[static_cast<std::size_t>(k)]) * weight(k, i);
          }
        }
        if (objective == Objective::kProbability) slope *= p;
        gradient[b * size + i] = static_cast<float>(slope * steepness_ / 255);
      }
    }
    if (spoil) spoil(images, gradient);
  }

  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<SlopeClassifier>(*this);
  }
  const StageTimes& times() const override { return times_; }

 private:
  ClassifierInfo info_;
  double steepness_;
  std::vector<double> weights_;  // [K, H, W, C]
  StageTimes times_;
  std::shared_ptr<std::atomic<int>> images_;
};

// The defaults with these settings on top.
inline AscentSettings ascent_settings(const Json& given = Json::object()) {
  return to_ascent_settings(ascend_parameters().resolve(given, "ascend"));
}

}  // namespace fool
