// The way of feature visualisation (Olah, Mordvintsev, Schubert, "Feature Visualization", Distill
// 2017, and its program lucid): Adam on the amplitudes of an image's waves, in colours that photos
// have independently of each other, the network looking at the image from a new place every time.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "ascend/ascender.h"
#include "ascend/spectrum.h"
#include "ascend/view.h"
#include "fool/core/repro_math.h"
#include "search/adam.h"

namespace fool {
namespace {

constexpr std::size_t kColours = 3;
using ColourMatrix = std::array<std::array<double, kColours>, kColours>;

// The square root of the covariance of the colours of ImageNet's photos, its longest column scaled
// to length 1 (lucid, 2018): RGB = matrix * independent colours.
constexpr double kLongest = 0.46189;
constexpr ColourMatrix kCorrelation = {{{0.26 / kLongest, 0.09 / kLongest, 0.02 / kLongest},
                                        {0.27 / kLongest, 0.00 / kLongest, -0.05 / kLongest},
                                        {0.27 / kLongest, -0.09 / kLongest, 0.03 / kLongest}}};

// By Cramer's rule.
ColourMatrix inverse(const ColourMatrix& m) {
  const auto minor = [&](std::size_t i, std::size_t j) {
    const std::size_t a = (i + 1) % kColours;
    const std::size_t b = (i + 2) % kColours;
    const std::size_t c = (j + 1) % kColours;
    const std::size_t d = (j + 2) % kColours;
    return m[a][c] * m[b][d] - m[a][d] * m[b][c];
  };
  const double determinant = m[0][0] * minor(0, 0) + m[0][1] * minor(0, 1) + m[0][2] * minor(0, 2);
  ColourMatrix result{};
  for (std::size_t i = 0; i < kColours; ++i) {
    for (std::size_t j = 0; j < kColours; ++j) result[i][j] = minor(j, i) / determinant;
  }
  return result;
}

ColourMatrix transposed(const ColourMatrix& m) {
  ColourMatrix result{};
  for (std::size_t i = 0; i < kColours; ++i) {
    for (std::size_t j = 0; j < kColours; ++j) result[i][j] = m[j][i];
  }
  return result;
}

// Each pixel's colour times a matrix.
void multiply(const ColourMatrix& m, std::vector<float>& pixels) {
  for (std::size_t p = 0; p + kColours <= pixels.size(); p += kColours) {
    std::array<double, kColours> colour{};
    for (std::size_t i = 0; i < kColours; ++i) {
      for (std::size_t j = 0; j < kColours; ++j) {
        colour[i] += m[i][j] * static_cast<double>(pixels[p + j]);
      }
    }
    for (std::size_t i = 0; i < kColours; ++i) pixels[p + i] = static_cast<float>(colour[i]);
  }
}

class FourierAscender : public Ascender {
 public:
  FourierAscender(const AscentSettings& settings, ImageShape shape, Span<const float> pixels,
                  std::uint64_t seed, std::uint32_t index)
      : settings_(settings),
        shape_(shape),
        seed_(seed),
        index_(index),
        spectrum_(shape.height, shape.width, settings.spectrum_power) {
    amplitudes_.resize(spectrum_.size() * channels());
    std::vector<float> image(pixels.begin(), pixels.end());
    for (float& level : image) {
      // Half a level from the ends, which are infinitely far.
      const double share = std::clamp(static_cast<double>(level), 0.5, 254.5) / 255;
      level = static_cast<float>(repro::log(share / (1 - share)));
    }
    if (channels() == kColours) multiply(inverse(kCorrelation), image);
    for_each_plane(image, [&](std::size_t c, std::vector<float>& plane) {
      spectrum_.analyse(plane, of_plane(amplitudes_, c));
    });
    synthesise();
  }

  void draw(ImageView out) const override { quantise(levels_, out); }

  void draw_view(int iteration, ImageView out) override {
    view_.reset();
    if (sees_image()) {
      draw(out);
      return;
    }
    view_.emplace(settings_, shape_,
                  RngStream(seed_, "ascend.view", static_cast<std::uint32_t>(iteration), index_));
    std::vector<float> seen(levels_.size());
    view_->look(levels_, seen);
    // Weights that sum to 1 but for rounding.
    for (float& level : seen) level = std::min(level, 255.0F);
    quantise(seen, out);
  }

  bool sees_image() const override {
    return settings_.jitter == 0 && settings_.scaling <= 0 && settings_.rotation <= 0;
  }

  // Momentum goes on, and another view may have a gradient.
  bool rests() const override { return false; }

  double step(int iteration, float probability, Span<const float> gradient) override {
    std::vector<float> slope(gradient.begin(), gradient.end());
    if (view_) view_->pull_back(gradient, slope);
    for (std::size_t i = 0; i < slope.size(); ++i) {
      const float share = levels_[i] / 255;
      slope[i] *= 255 * share * (1 - share);
    }
    if (channels() == kColours) multiply(transposed(kCorrelation), slope);
    std::vector<float> by_amplitudes(amplitudes_.size());
    for_each_plane(slope, [&](std::size_t c, std::vector<float>& plane) {
      spectrum_.pull_back(plane, of_plane(by_amplitudes, c));
    });
    AdamSettings adam;
    adam.learning_rate = static_cast<float>(settings_.learning_rate);
    adam_.step(adam, by_amplitudes, amplitudes_);
    synthesise();
    return std::numeric_limits<double>::infinity();
  }

 private:
  std::size_t channels() const { return static_cast<std::size_t>(shape_.channels); }

  Span<float> of_plane(std::vector<float>& amplitudes, std::size_t c) const {
    return Span<float>(amplitudes).subspan(c * spectrum_.size(), spectrum_.size());
  }

  // Calls use(c, plane [H, W]) with each channel of an image.
  template <typename Use>
  void for_each_plane(const std::vector<float>& image, Use&& use) const {
    std::vector<float> plane(image.size() / channels());
    for (std::size_t c = 0; c < channels(); ++c) {
      for (std::size_t p = 0; p < plane.size(); ++p) plane[p] = image[p * channels() + c];
      use(c, plane);
    }
  }

  // amplitudes_ -> levels_
  void synthesise() {
    levels_.resize(shape_.size());
    std::vector<float> plane(shape_.size() / channels());
    for (std::size_t c = 0; c < channels(); ++c) {
      spectrum_.to_plane(of_plane(amplitudes_, c), plane);
      for (std::size_t p = 0; p < plane.size(); ++p) levels_[p * channels() + c] = plane[p];
    }
    if (channels() == kColours) multiply(kCorrelation, levels_);
    for (float& level : levels_) level = 255 / (1 + repro::exp(-level));
  }

  const AscentSettings& settings_;
  ImageShape shape_;
  std::uint64_t seed_;
  std::uint32_t index_;
  Spectrum spectrum_;
  std::vector<float> amplitudes_;  // [C, spectrum]
  Adam adam_;
  std::vector<float> levels_;  // [H, W, C]
  std::optional<View> view_;   // of this iteration
};

}  // namespace

std::unique_ptr<Ascender> make_fourier_ascender(const AscentSettings& settings, ImageShape shape,
                                                Span<const float> pixels, std::uint64_t seed,
                                                std::uint32_t index) {
  return std::make_unique<FourierAscender>(settings, shape, pixels, seed, index);
}

}  // namespace fool
