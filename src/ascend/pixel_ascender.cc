// The paper's way: X, the image less the mean colour, moves along its own gradient, with the
// regularisers of the released code in its order.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ascend/ascender.h"
#include "ascend/progress_step.h"
#include "ascend/regularise.h"

namespace fool {
namespace {

class PixelAscender : public Ascender {
 public:
  PixelAscender(const AscentSettings& settings, ImageShape shape, Span<const float> mean,
                Span<const float> pixels)
      : settings_(settings), shape_(shape), mean_(mean.begin(), mean.end()) {
    x_.assign(pixels.begin(), pixels.end());
    for (std::size_t i = 0; i < x_.size(); ++i) x_[i] -= mean_at(i);
    clip();
  }

  void draw(ImageView out) const override {
    std::vector<float> levels(x_.size());
    // Adding what was subtracted need not give the same number.
    for (std::size_t i = 0; i < x_.size(); ++i) {
      levels[i] = std::clamp(x_[i] + mean_at(i), 0.0F, 255.0F);
    }
    quantise(levels, out);
  }

  bool rests() const override {
    const AscentSettings& s = settings_;
    return s.decay <= 0 && s.blur <= 0 && s.zero_small_values <= 0 && s.zero_small_pixels <= 0 &&
           s.zero_low_benefit <= 0 && s.zero_low_absolute_benefit <= 0;
  }

  double step(int iteration, float probability, Span<const float> gradient) override {
    const AscentSettings& s = settings_;
    double squared_norm = 0;
    double steepest = 0;
    for (const float g : gradient) {
      const auto slope = static_cast<double>(g);
      squared_norm += slope * slope;
      steepest = std::max(steepest, std::abs(slope));
    }
    const double rate = progress_step(s, static_cast<double>(probability), squared_norm);
    // What is beyond these many levels is clipped anyway; infinities would become no numbers.
    constexpr double kFar = 1e6;
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const double change = std::clamp(rate * static_cast<double>(gradient[i]), -kFar, kFar);
      x_[i] = static_cast<float>(static_cast<double>(x_[i]) + change);
    }
    if (s.decay > 0) {
      for (float& x : x_) x *= static_cast<float>(1 - s.decay);
    }
    if (s.blur > 0 && (iteration + 1) % s.blur_every == 0) blur(shape_, s.blur, x_);
    if (s.zero_small_values > 0) zero_small_values(s.zero_small_values, x_);
    if (s.zero_small_pixels > 0) zero_small_pixels(shape_, s.zero_small_pixels, x_);
    if (s.zero_low_benefit > 0) zero_low_benefit(shape_, s.zero_low_benefit, gradient, x_);
    if (s.zero_low_absolute_benefit > 0) {
      zero_low_absolute_benefit(shape_, s.zero_low_absolute_benefit, gradient, x_);
    }
    clip();
    // Only where max_step holds them back are later steps known to be as small.
    const bool held_back = rate <= 0 || rate >= s.max_step;
    return held_back ? rate * steepest : std::numeric_limits<double>::infinity();
  }

 private:
  float mean_at(std::size_t i) const { return mean_[i % mean_.size()]; }

  void clip() {
    for (std::size_t i = 0; i < x_.size(); ++i) {
      x_[i] = std::clamp(x_[i], 0.0F - mean_at(i), 255.0F - mean_at(i));
    }
  }

  const AscentSettings& settings_;
  ImageShape shape_;
  std::vector<float> mean_;  // [C]
  std::vector<float> x_;     // [H, W, C]
};

}  // namespace

std::unique_ptr<Ascender> make_pixel_ascender(const AscentSettings& settings, ImageShape shape,
                                              Span<const float> mean, Span<const float> pixels) {
  return std::make_unique<PixelAscender>(settings, shape, mean, pixels);
}

void quantise(Span<const float> levels, ImageView out) {
  for (std::size_t i = 0; i < levels.size(); ++i) {
    out.data[i] = static_cast<std::uint8_t>(levels[i] + 0.5F);
  }
}

}  // namespace fool
