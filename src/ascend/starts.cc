#include "ascend/starts.h"

#include <algorithm>

#include "fool/core/error.h"
#include "fool/core/rng.h"

namespace fool {

std::vector<float> start_levels(const AscentSettings& settings, const AscentContext& context,
                                const ImageShape& shape, int start) {
  std::vector<float> levels(shape.size());
  const std::size_t channels = context.mean.size();
  for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = context.mean[i % channels];
  RngStream rng(context.seed, "ascend.start", static_cast<std::uint32_t>(start), 0);
  switch (settings.start) {
    case AscentStart::kMeanNoise:
      for (float& level : levels) level += static_cast<float>(settings.start_noise * rng.normal());
      break;
    case AscentStart::kUniform:
      for (float& level : levels) level = static_cast<float>(255 * rng.uniform());
      break;
    case AscentStart::kZero:
      break;
    case AscentStart::kGrey:
      std::fill(levels.begin(), levels.end(), 127.5F);
      break;
    case AscentStart::kImage:
      if (context.start_image.count() != 1 || context.start_image.shape() != shape) {
        fail(ErrorKind::kInternal, "ascend: the image to start with is not of the network's shape");
      }
      for (std::size_t i = 0; i < levels.size(); ++i) {
        levels[i] = static_cast<float>(context.start_image.bytes()[i]);
      }
      break;
  }
  return levels;
}

}  // namespace fool
