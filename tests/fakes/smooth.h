// The simplest encoding and classifier with a gradient: the one parameter is the first pixel, and
// that is the confidence in class 1 times 255.
#pragma once

#include <vector>

#include "fakes/counting_encoding.h"
#include "fakes/pixel_classifier.h"
#include "fool/encoding/differentiable.h"

namespace fool::fakes {

class SmoothEncoding : public CountingEncoding, public Differentiable {
 public:
  using CountingEncoding::CountingEncoding;

  const Differentiable* differentiable() const override { return this; }
  GenomePtr random(const ItemAddress& address) const override {
    RngStream rng = address.stream("smooth.random");
    return std::make_shared<NumberGenome>(1 + rng.uniform_int(254));
  }
  GenomePtr vary(Span<const GenomePtr> parents, const ItemAddress& address) const override {
    RngStream rng = address.stream("smooth.vary");
    const float change = static_cast<float>(rng.uniform_int(11)) - 5.0F;
    return with_parameters(*parents[0],
                           std::vector<float>{static_cast<float>(value(*parents[0])) + change});
  }
  std::vector<float> parameters(const Genome& genome) const override {
    return {static_cast<float>(value(genome))};
  }
  GenomePtr with_parameters(const Genome& /*genome*/, Span<const float> numbers) const override {
    const float bounded = numbers[0] < 1 ? 1 : numbers[0] > 254 ? 254 : numbers[0];
    return std::make_shared<NumberGenome>(static_cast<std::uint64_t>(bounded));
  }
  // 256 more is the same picture.
  GenomePtr widened(const Genome& genome, const ItemAddress& /*address*/) const override {
    return widens && value(genome) < 256 ? std::make_shared<NumberGenome>(value(genome) + 256)
                                         : nullptr;
  }
  void pull_back(const Genome& /*genome*/, Span<const float> pixel_gradient,
                 Span<float> gradient) const override {
    gradient[0] = pixel_gradient[0];
  }

  bool widens = false;
};

class SmoothClassifier : public PixelClassifier {
 public:
  using PixelClassifier::PixelClassifier;

  // Of the logarithm alone.
  void input_gradient(const ImageBatch& images, Span<const int> classes, Objective /*objective*/,
                      Span<float> probabilities, Span<float> gradient) override {
    classify(images, probabilities);
    for (int b = 0; b < images.count(); ++b) {
      const auto i = static_cast<std::size_t>(b);
      const auto pixel = static_cast<float>(images[b].data[0]);
      gradient[i * images.shape().size()] =
          classes[i] == 1 ? 1.0F / pixel : -1.0F / (255.0F - pixel);
    }
  }
  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<SmoothClassifier>(*this);
  }
};

}  // namespace fool::fakes
