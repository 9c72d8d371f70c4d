#include "ascend/regularise.h"

#include <algorithm>
#include <cmath>

#include "fool/core/repro_math.h"

namespace fool {
namespace {

constexpr double kBlurReach = 4;  // standard deviations, as scipy.ndimage.gaussian_filter has it

std::vector<float> gaussian(double deviation) {
  const int radius = static_cast<int>(kBlurReach * deviation + 0.5);
  std::vector<double> weights;
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) {
    weights.push_back(repro::exp(-0.5 * i * i / (deviation * deviation)));
    sum += weights.back();
  }
  std::vector<float> kernel;
  for (const double weight : weights) kernel.push_back(static_cast<float>(weight / sum));
  return kernel;
}

// The place that position i, perhaps outside, shows: ... 1 0 | 0 1 ... n-1 | n-1 n-2 ...
int mirrored(int i, int n) {
  const int period = 2 * n;
  i %= period;
  if (i < 0) i += period;
  return i < n ? i : period - 1 - i;
}

// Along one axis: `length` numbers that are `stride` apart, from each of the places in `starts`.
void blur_lines(const std::vector<float>& kernel, int length, int stride,
                const std::vector<int>& starts, Span<float> x) {
  const int radius = static_cast<int>(kernel.size() / 2);
  std::vector<float> line(static_cast<std::size_t>(length + 2 * radius));
  for (const int start : starts) {
    const auto at = [&](int i) -> float& {
      return x[static_cast<std::size_t>(start + i * stride)];
    };
    for (int i = -radius; i < length + radius; ++i) {
      line[static_cast<std::size_t>(i + radius)] = at(mirrored(i, length));
    }
    for (int i = 0; i < length; ++i) {
      float sum = 0;
      for (std::size_t k = 0; k < kernel.size(); ++k) {
        sum += kernel[k] * line[static_cast<std::size_t>(i) + k];
      }
      at(i) = sum;
    }
  }
}

// A value for each pixel of what the function makes of the place of its first number.
template <typename OfPixel>
std::vector<float> by_pixel(const ImageShape& shape, OfPixel&& of_pixel) {
  const auto channels = static_cast<std::size_t>(shape.channels);
  std::vector<float> values(shape.size() / channels);
  for (std::size_t p = 0; p < values.size(); ++p) values[p] = of_pixel(p * channels);
  return values;
}

void zero_below(const ImageShape& shape, const std::vector<float>& values, double percent,
                Span<float> x) {
  const double limit = percentile(values, percent);
  const auto channels = static_cast<std::size_t>(shape.channels);
  for (std::size_t p = 0; p < values.size(); ++p) {
    if (static_cast<double>(values[p]) >= limit) continue;
    std::fill_n(x.begin() + static_cast<std::ptrdiff_t>(p * channels), channels, 0.0F);
  }
}

std::vector<float> benefits(const ImageShape& shape, Span<const float> gradient, Span<float> x) {
  return by_pixel(shape, [&](std::size_t first) {
    double sum = 0;
    for (std::size_t i = first; i < first + static_cast<std::size_t>(shape.channels); ++i) {
      sum -= static_cast<double>(gradient[i]) * static_cast<double>(x[i]);
    }
    return static_cast<float>(sum);
  });
}

}  // namespace

void blur(const ImageShape& shape, double deviation, Span<float> x) {
  const std::vector<float> kernel = gaussian(deviation);
  const int row = shape.width * shape.channels;
  std::vector<int> rows;
  for (int y = 0; y < shape.height; ++y) {
    for (int c = 0; c < shape.channels; ++c) rows.push_back(y * row + c);
  }
  blur_lines(kernel, shape.width, shape.channels, rows, x);
  std::vector<int> columns(static_cast<std::size_t>(row));
  for (int i = 0; i < row; ++i) columns[static_cast<std::size_t>(i)] = i;
  blur_lines(kernel, shape.height, row, columns, x);
}

double percentile(std::vector<float> values, double percent) {
  const double place = percent / 100 * static_cast<double>(values.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), values.size() - 1);
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), nth, values.end());
  const auto low = static_cast<double>(*nth);
  const double rest = place - static_cast<double>(below);
  if (rest <= 0 || below + 1 == values.size()) return low;
  const auto high = static_cast<double>(*std::min_element(nth + 1, values.end()));
  return low + rest * (high - low);
}

void zero_small_values(double percent, Span<float> x) {
  std::vector<float> sizes(x.begin(), x.end());
  for (float& size : sizes) size = std::abs(size);
  const double limit = percentile(sizes, percent);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (static_cast<double>(sizes[i]) < limit) x[i] = 0;
  }
}

void zero_small_pixels(const ImageShape& shape, double percent, Span<float> x) {
  zero_below(shape,
             by_pixel(shape,
                      [&](std::size_t first) {
                        double sum = 0;
                        for (std::size_t i = first;
                             i < first + static_cast<std::size_t>(shape.channels); ++i) {
                          sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
                        }
                        return static_cast<float>(std::sqrt(sum));
                      }),
             percent, x);
}

void zero_low_benefit(const ImageShape& shape, double percent, Span<const float> gradient,
                      Span<float> x) {
  zero_below(shape, benefits(shape, gradient, x), percent, x);
}

void zero_low_absolute_benefit(const ImageShape& shape, double percent, Span<const float> gradient,
                               Span<float> x) {
  std::vector<float> values = benefits(shape, gradient, x);
  for (float& value : values) value = std::abs(value);
  zero_below(shape, values, percent, x);
}

}  // namespace fool
