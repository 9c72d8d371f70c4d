#include "ascend/view.h"

#include <algorithm>
#include <cmath>

#include "fool/core/repro_math.h"

namespace fool {

View::View(const AscentSettings& settings, const ImageShape& shape, RngStream rng) : shape_(shape) {
  const auto around_zero = [&] { return 2 * rng.uniform() - 1; };
  const double scale = 1 + settings.scaling * around_zero();
  const double angle = settings.rotation * around_zero() * 3.14159265358979323846 / 180;
  cos_ = repro::cos(angle) / scale;
  sin_ = repro::sin(angle) / scale;
  const auto moves = static_cast<std::uint32_t>(2 * settings.jitter + 1);
  down_ = static_cast<int>(rng.uniform_int(moves)) - settings.jitter;
  across_ = static_cast<int>(rng.uniform_int(moves)) - settings.jitter;
}

template <typename Use>
void View::for_each_pair(Use&& use) const {
  const double middle_y = 0.5 * (shape_.height - 1);
  const double middle_x = 0.5 * (shape_.width - 1);
  const auto place = [&](int y, int x) {
    return static_cast<std::size_t>((y * shape_.width + x) * shape_.channels);
  };
  for (int y = 0; y < shape_.height; ++y) {
    for (int x = 0; x < shape_.width; ++x) {
      const double dy = y - middle_y;
      const double dx = x - middle_x;
      const double from_y = std::clamp(cos_ * dy + sin_ * dx + middle_y + down_, 0.0, 2 * middle_y);
      const double from_x =
          std::clamp(cos_ * dx - sin_ * dy + middle_x + across_, 0.0, 2 * middle_x);
      const int top = std::min(static_cast<int>(from_y), std::max(0, shape_.height - 2));
      const int left = std::min(static_cast<int>(from_x), std::max(0, shape_.width - 2));
      const double low = from_y - top;
      const double right = from_x - left;
      for (int i = 0; i < 2; ++i) {
        for (int j = 0; j < 2; ++j) {
          const double weight = (i == 0 ? 1 - low : low) * (j == 0 ? 1 - right : right);
          if (weight <= 0) continue;
          use(place(y, x), place(top + i, left + j), static_cast<float>(weight));
        }
      }
    }
  }
}

void View::look(Span<const float> image, Span<float> seen) const {
  std::fill(seen.begin(), seen.end(), 0.0F);
  const auto channels = static_cast<std::size_t>(shape_.channels);
  for_each_pair([&](std::size_t to, std::size_t from, float weight) {
    for (std::size_t c = 0; c < channels; ++c) seen[to + c] += weight * image[from + c];
  });
}

void View::pull_back(Span<const float> by_seen, Span<float> by_image) const {
  std::fill(by_image.begin(), by_image.end(), 0.0F);
  const auto channels = static_cast<std::size_t>(shape_.channels);
  for_each_pair([&](std::size_t to, std::size_t from, float weight) {
    for (std::size_t c = 0; c < channels; ++c) by_image[from + c] += weight * by_seen[to + c];
  });
}

}  // namespace fool
