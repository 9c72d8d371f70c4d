#include "fool/data/resize.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "fool/core/error.h"
#include "fool/core/parameters.h"

namespace fool {
namespace {

// The weights of a pixel are whole multiples of 2^-22, Pillow's choice: 32 bits less 8 of the pixel
// and 2 for overshoot.
constexpr int kWeightBits = 22;

// The source pixels that one target pixel is a weighted mean of, along one axis.
struct Window {
  int first = 0;
  std::vector<std::int32_t> weights;
};

std::vector<Window> windows(int from, int to) {
  const double scale = static_cast<double>(from) / to;
  const double reach =
      std::max(scale, 1.0);  // half the base of the triangle: grows when the image shrinks
  std::vector<Window> result(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(static_cast<int>(centre - reach + 0.5), 0);
    const int last = std::min(static_cast<int>(centre + reach + 0.5), from);
    std::vector<double> weights;
    double sum = 0.0;
    for (int j = first; j < last; ++j) {
      const double distance = std::fabs((j - centre + 0.5) * (1.0 / reach));
      weights.push_back(std::max(1.0 - distance, 0.0));
      sum += weights.back();
    }
    Window& window = result[static_cast<std::size_t>(i)];
    window.first = first;
    for (const double weight : weights) {
      window.weights.push_back(static_cast<std::int32_t>(0.5 + weight / sum * (1 << kWeightBits)));
    }
  }
  return result;
}

// One pass: target pixel i is the weighted mean of source pixels that lie `step` bytes apart.
std::uint8_t weighted_mean(const std::uint8_t* source, std::size_t step, const Window& window) {
  std::int64_t sum = std::int64_t{1} << (kWeightBits - 1);
  source += static_cast<std::size_t>(window.first) * step;
  for (const std::int32_t weight : window.weights) {
    sum += std::int64_t{*source} * weight;
    source += step;
  }
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kWeightBits, 0, 255));
}

ImageBatch copy(ConstImageView image) {
  ImageBatch result(1, image.shape);
  std::copy_n(image.data, image.size(), result[0].data);
  return result;
}

ImageBatch resize_across(ConstImageView image, int width) {
  const auto [height, from, channels] = image.shape;
  ImageBatch result(1, {height, width, channels});
  const std::vector<Window> columns = windows(from, width);
  const auto step = static_cast<std::size_t>(channels);
  std::uint8_t* out = result[0].data;
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* row =
        image.data + static_cast<std::size_t>(y) * static_cast<std::size_t>(from) * step;
    for (const Window& column : columns) {
      for (int c = 0; c < channels; ++c) *out++ = weighted_mean(row + c, step, column);
    }
  }
  return result;
}

ImageBatch resize_down(ConstImageView image, int height) {
  const auto [from, width, channels] = image.shape;
  ImageBatch result(1, {height, width, channels});
  const std::size_t step = static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  std::uint8_t* out = result[0].data;
  for (const Window& row : windows(from, height)) {
    for (std::size_t x = 0; x < step; ++x) *out++ = weighted_mean(image.data + x, step, row);
  }
  return result;
}

void require_pixels(const ImageShape& shape) {
  if (shape.height < 1 || shape.width < 1) {
    fail(ErrorKind::kData, "an image of {}x{} pixels: expected at least 1x1", shape.width,
         shape.height);
  }
}

}  // namespace

ImageBatch resize_bilinear(ConstImageView image, int height, int width) {
  require_pixels(image.shape);
  require_pixels({height, width, image.shape.channels});
  // A pass that changes nothing is left out, as in Pillow; it would not change a byte either.
  ImageBatch across = width == image.shape.width ? copy(image) : resize_across(image, width);
  return height == image.shape.height
             ? across
             : resize_down(static_cast<const ImageBatch&>(across)[0], height);
}

namespace {

// The window that begins at (top, left).
ImageBatch crop(ConstImageView image, int top, int left, int height, int width) {
  const ImageShape& from = image.shape;
  if (height > from.height || width > from.width) {
    fail(ErrorKind::kData,
         "cannot cut {}x{} pixels out of an image of {}x{}; the rule whole_photo_resized takes any "
         "size",
         width, height, from.width, from.height);
  }
  ImageBatch result(1, {height, width, from.channels});
  const std::size_t row_size =
      static_cast<std::size_t>(width) * static_cast<std::size_t>(from.channels);
  std::uint8_t* out = result[0].data;
  for (int y = 0; y < height; ++y, out += row_size) {
    const std::size_t pixel =
        static_cast<std::size_t>(top + y) * static_cast<std::size_t>(from.width) +
        static_cast<std::size_t>(left);
    std::copy_n(image.data + pixel * static_cast<std::size_t>(from.channels), row_size, out);
  }
  return result;
}

}  // namespace

ImageBatch crop_centre(ConstImageView image, int height, int width) {
  return crop(image, (image.shape.height - height) / 2, (image.shape.width - width) / 2, height,
              width);
}

ImageBatch convert_channels(ConstImageView image, int channels) {
  const ImageShape& from = image.shape;
  if (channels == from.channels) return copy(image);
  ImageBatch result(1, {from.height, from.width, channels});
  const std::size_t pixels =
      static_cast<std::size_t>(from.height) * static_cast<std::size_t>(from.width);
  std::uint8_t* out = result[0].data;
  if (from.channels == 1 && channels == 3) {
    for (std::size_t i = 0; i < pixels; ++i, out += 3) std::fill_n(out, 3, image.data[i]);
  } else if (from.channels == 3 && channels == 1) {
    for (std::size_t i = 0; i < pixels; ++i) {
      const std::uint8_t* rgb = image.data + 3 * i;
      // .299, .587 and .114 in units of 2^-16; they add up to 1, so that grey stays grey.
      out[i] = static_cast<std::uint8_t>(
          (rgb[0] * 19595U + rgb[1] * 38470U + rgb[2] * 7471U + 0x8000U) >> 16);
    }
  } else {
    fail(ErrorKind::kData, "cannot turn an image of {} channels into one of {}; known are 1 and 3",
         from.channels, channels);
  }
  return result;
}

namespace {

constexpr const char* kShorterSide = "shorter_side_";
constexpr int kMostPixels = 8192;

// As torchvision's Resize and CenterCrop: the longer side is rounded down, half a pixel of the
// border to the nearest even number.
ImageBatch resize_and_crop(ConstImageView photo, int shorter_side, const ImageShape& shape) {
  const std::int64_t height = photo.shape.height;
  const std::int64_t width = photo.shape.width;
  const std::int64_t shorter = std::min(height, width);
  const auto scaled = [&](std::int64_t side) {
    return static_cast<int>(side * shorter_side / shorter);
  };
  const ImageBatch resized = resize_bilinear(photo, scaled(height), scaled(width));
  const auto border = [](int outer, int inner) {
    return static_cast<int>(std::nearbyint((outer - inner) / 2.0));
  };
  return crop(resized[0], border(resized.shape().height, shape.height),
              border(resized.shape().width, shape.width), shape.height, shape.width);
}

}  // namespace

PhotoRule PhotoRule::shorter_side(int pixels) {
  return {kShorterSide + std::to_string(pixels), pixels};
}

std::vector<std::string> PhotoRule::names() {
  return {whole_photo_resized().name(), centre_crop().name(), shorter_side(256).name()};
}

PhotoRule PhotoRule::named(const std::string& name) {
  for (const PhotoRule& rule : {whole_photo_resized(), centre_crop()}) {
    if (name == rule.name()) return rule;
  }
  const std::string prefix = kShorterSide;
  if (name.rfind(prefix, 0) == 0) {
    int pixels = 0;
    const char* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, pixels);
    if (error == std::errc() && stop == end && pixels >= 1 && pixels <= kMostPixels) {
      return shorter_side(pixels);
    }
  }
  fail(ErrorKind::kUsage, "there is no rule \"{}\" for photos{}; known: {}", name,
       did_you_mean(name, names()), fmt::join(names(), ", "));
}

ImageBatch PhotoRule::apply(ConstImageView photo, const ImageShape& shape) const {
  const ImageBatch fitted = shorter_side_ > 0 ? resize_and_crop(photo, shorter_side_, shape)
                            : name_ == "centre_crop"
                                ? crop_centre(photo, shape.height, shape.width)
                                : resize_bilinear(photo, shape.height, shape.width);
  return convert_channels(fitted[0], shape.channels);
}

}  // namespace fool
