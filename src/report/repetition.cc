#include "report/repetition.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "fool/core/error.h"

namespace fool {
namespace {

// Two pixels of one flat region differ by less in every channel.
constexpr int kNear = 40;
constexpr int kLeastPixels = 4;
// Levels of grey by which a picture must vary for its tiles to be seen.
constexpr double kFlat = 8;

// A view for reading: OpenCV has no const matrices.
cv::Mat mat(ConstImageView image) {
  return {image.shape.height, image.shape.width, image.shape.channels == 1 ? CV_8UC1 : CV_8UC3,
          const_cast<std::uint8_t*>(image.data)};
}

// The mean of the pixels in the fullest of 8 (grey) or 8 x 8 x 8 boxes of colours.
std::vector<std::uint8_t> commonest_colour(ConstImageView picture) {
  const auto channels = static_cast<std::size_t>(picture.shape.channels);
  struct Bin {
    std::int64_t pixels = 0;
    std::array<std::int64_t, 3> sums{};
  };
  std::map<int, Bin> bins;
  for (std::size_t p = 0; p < picture.size(); p += channels) {
    int key = 0;
    for (std::size_t c = 0; c < channels; ++c) key = key * 8 + picture.data[p + c] / 32;
    Bin& bin = bins[key];
    ++bin.pixels;
    for (std::size_t c = 0; c < channels; ++c) bin.sums[c] += picture.data[p + c];
  }
  const auto fullest = std::max_element(bins.begin(), bins.end(), [](const auto& a, const auto& b) {
    return a.second.pixels < b.second.pixels;
  });
  std::vector<std::uint8_t> colour;
  for (std::size_t c = 0; c < channels; ++c) {
    colour.push_back(static_cast<std::uint8_t>(fullest->second.sums[c] / fullest->second.pixels));
  }
  return colour;
}

// 255 where a pixel is not of the background.
cv::Mat foreground(ConstImageView picture, const std::vector<std::uint8_t>& colour) {
  cv::Mat mask(picture.shape.height, picture.shape.width, CV_8UC1, cv::Scalar(0));
  const std::size_t channels = colour.size();
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      const std::size_t at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.cols) +
                              static_cast<std::size_t>(x)) *
                             channels;
      for (std::size_t c = 0; c < channels; ++c) {
        if (std::abs(picture.data[at + c] - colour[c]) >= kNear) mask.at<std::uint8_t>(y, x) = 255;
      }
    }
  }
  return mask;
}

struct Shape {
  cv::Mat mask;  // of its bounding box
  int area = 0;
  double x = 0, y = 0;  // its centre
  CopyPixels pixels;
};

std::vector<Shape> shapes_in(const cv::Mat& mask, int least_area) {
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(mask, labels, stats, centres, 8, CV_32S);
  std::vector<Shape> shapes;
  for (int i = 1; i < count; ++i) {
    const int area = stats.at<int>(i, cv::CC_STAT_AREA);
    // What covers half of the picture has no copies.
    if (area < least_area || 2 * area > mask.rows * mask.cols) continue;
    const cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                       stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT));
    Shape shape{(labels(box) == i), area, centres.at<double>(i, 0), centres.at<double>(i, 1), {}};
    for (int y = box.y; y < box.y + box.height; ++y) {
      for (int x = box.x; x < box.x + box.width; ++x) {
        if (labels.at<int>(y, x) == i) shape.pixels.push_back(y * mask.cols + x);
      }
    }
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

// Intersection over union of two shapes brought to one size: as they are or, since CPPN patterns
// are often mirrored, turned over in x, y or both.
double likeness(const Shape& a, const Shape& b) {
  const cv::Size size(24, 24);
  cv::Mat first;
  cv::resize(a.mask, first, size, 0, 0, cv::INTER_NEAREST);
  double best = 0;
  for (int turn = 0; turn < 4; ++turn) {
    cv::Mat turned;
    if (turn == 0) turned = b.mask;
    if (turn > 0) cv::flip(b.mask, turned, turn == 1 ? 0 : turn == 2 ? 1 : -1);
    cv::Mat second;
    cv::resize(turned, second, size, 0, 0, cv::INTER_NEAREST);
    const double both = cv::countNonZero(first & second);
    const double any = cv::countNonZero(first | second);
    best = std::max(best, both / std::max(any, 1.0));
  }
  return best;
}

bool alike(const Shape& a, const Shape& b, double least) {
  const auto [smaller, larger] = std::minmax(a.area, b.area);
  if (smaller * 2 < larger) return false;
  const auto near = [](int x, int y) { return x <= 2 * y && y <= 2 * x; };
  return near(a.mask.cols, b.mask.cols) && near(a.mask.rows, b.mask.rows) &&
         likeness(a, b) >= least;
}

// The shapes that are like one of them, chosen so that they cover most.
std::vector<Shape> largest_family(const std::vector<Shape>& shapes, double least) {
  std::vector<Shape> best;
  int covered = 0;
  for (const Shape& model : shapes) {
    std::vector<Shape> family;
    int area = 0;
    for (const Shape& other : shapes) {
      if (!alike(model, other, least)) continue;
      family.push_back(other);
      area += other.area;
    }
    if (family.size() > 1 && area > covered) {
      covered = area;
      best = std::move(family);
    }
  }
  return best;
}

// How much a picture is like itself shifted by (dx, dy), as a correlation over what overlaps.
double correlation(const cv::Mat& picture, int dx, int dy) {
  const int width = picture.cols - std::abs(dx);
  const int height = picture.rows - std::abs(dy);
  const cv::Mat a = picture(cv::Rect(std::max(0, dx), std::max(0, dy), width, height));
  const cv::Mat b = picture(cv::Rect(std::max(0, -dx), std::max(0, -dy), width, height));
  const cv::Scalar mean_a = cv::mean(a);
  const cv::Scalar mean_b = cv::mean(b);
  const double n = static_cast<double>(width) * height;
  const double cov = a.dot(b) - n * mean_a[0] * mean_b[0];
  const double var_a = a.dot(a) - n * mean_a[0] * mean_a[0];
  const double var_b = b.dot(b) - n * mean_b[0] * mean_b[0];
  return var_a <= 1e-6 || var_b <= 1e-6 ? 0 : cov / std::sqrt(var_a * var_b);
}

// The least shift along an axis at which the picture is most like itself again: the first peak of
// its autocorrelation behind a valley; 0 if there is none.
int period_along(const cv::Mat& picture, bool across, double least) {
  const int length = across ? picture.cols : picture.rows;
  std::vector<double> at{1.0};
  for (int shift = 1; shift <= length / 2; ++shift) {
    at.push_back(correlation(picture, across ? shift : 0, across ? 0 : shift));
  }
  int best = 0;
  double valley = 1;
  for (std::size_t s = 1; s + 1 < at.size(); ++s) {
    valley = std::min(valley, at[s]);
    const bool peak = at[s] > at[s - 1] && at[s] >= at[s + 1];
    if (!peak || at[s] < least || at[s] - valley < 0.2) continue;
    // A multiple of a period is a little better sometimes; the period itself is meant.
    if (best == 0 || at[s] > at[static_cast<std::size_t>(best)] + 0.1) best = static_cast<int>(s);
  }
  return best;
}

cv::Mat as_grey_floats(ConstImageView picture) {
  cv::Mat grey;
  if (picture.shape.channels == 1) {
    grey = mat(picture);
  } else {
    cv::cvtColor(mat(picture), grey, cv::COLOR_RGB2GRAY);
  }
  cv::Mat floats;
  grey.convertTo(floats, CV_32F);
  return floats;
}

// Nearest to the centre last; of two that are equally far, the one that begins later in the picture
// first.
void sort_outermost_first(std::vector<Shape>& shapes, const ImageShape& picture) {
  const auto distance = [&](const Shape& shape) {
    const double x = shape.x - (picture.width - 1) / 2.0;
    const double y = shape.y - (picture.height - 1) / 2.0;
    return x * x + y * y;
  };
  std::stable_sort(shapes.begin(), shapes.end(), [&](const Shape& a, const Shape& b) {
    const double da = distance(a);
    const double db = distance(b);
    if (std::abs(da - db) > 1e-9) return da > db;
    return a.pixels.front() > b.pixels.front();
  });
}

std::vector<Shape> tiles_of(const ImageShape& picture, int across, int down) {
  const int width = across > 0 ? across : picture.width;
  const int height = down > 0 ? down : picture.height;
  std::vector<Shape> tiles;
  for (int top = 0; top < picture.height; top += height) {
    for (int left = 0; left < picture.width; left += width) {
      const int right = std::min(left + width, picture.width);
      const int bottom = std::min(top + height, picture.height);
      // A strip at the border that is less than half a tile is no copy.
      if ((right - left) * 2 < width || (bottom - top) * 2 < height) continue;
      Shape tile;
      tile.x = (left + right - 1) / 2.0;
      tile.y = (top + bottom - 1) / 2.0;
      for (int y = top; y < bottom; ++y) {
        for (int x = left; x < right; ++x) tile.pixels.push_back(y * picture.width + x);
      }
      tiles.push_back(std::move(tile));
    }
  }
  return tiles;
}

Repetition finish(Repetition repetition, std::vector<Shape> shapes, const ImageShape& picture) {
  sort_outermost_first(shapes, picture);
  for (Shape& shape : shapes) repetition.copies.push_back(std::move(shape.pixels));
  return repetition;
}

Repetition find(ConstImageView picture, const RepetitionLimits& limits) {
  const int pixels = picture.shape.height * picture.shape.width;
  Repetition repetition;
  repetition.colour = commonest_colour(picture);
  const int least_area = std::max(kLeastPixels, static_cast<int>(limits.least_area * pixels));
  const std::vector<Shape> family =
      largest_family(shapes_in(foreground(picture, repetition.colour), least_area), limits.alike);
  const auto enough = [&](std::size_t copies) {
    return copies >= static_cast<std::size_t>(limits.least_copies) &&
           copies <= static_cast<std::size_t>(limits.most_copies);
  };
  std::size_t covered = 0;
  for (const Shape& shape : family) covered += shape.pixels.size();
  if (enough(family.size()) && static_cast<double>(covered) >= limits.least_family * pixels) {
    repetition.method = "components";
    return finish(std::move(repetition), family, picture.shape);
  }
  const cv::Mat grey = as_grey_floats(picture);
  cv::Scalar mean;
  cv::Scalar deviation;
  cv::meanStdDev(grey, mean, deviation);
  if (deviation[0] < kFlat) return repetition;
  const int across = period_along(grey, true, limits.periodic);
  const int down = period_along(grey, false, limits.periodic);
  if (across == 0 && down == 0) return repetition;
  std::vector<Shape> tiles = tiles_of(picture.shape, across, down);
  if (!enough(tiles.size())) return repetition;
  repetition.method = "tiles";
  repetition.period = {across, down};
  return finish(std::move(repetition), std::move(tiles), picture.shape);
}

}  // namespace

Repetition find_repetition(ConstImageView picture, const RepetitionLimits& limits) {
  try {
    return find(picture, limits);
  } catch (const cv::Exception& error) {
    fail(ErrorKind::kInternal, "looking for what a picture repeats: {}", error.what());
  }
}

ImageBatch remove_copies(ConstImageView picture, const Repetition& repetition) {
  const int count = std::max(1, static_cast<int>(repetition.copies.size()));
  const std::size_t channels = repetition.colour.size();
  ImageBatch result(count, picture.shape);
  std::copy_n(picture.data, picture.size(), result[0].data);
  for (int i = 1; i < count; ++i) {
    const ImageView image = result[i];
    std::copy_n(result[i - 1].data, picture.size(), image.data);
    for (const int pixel : repetition.copies[static_cast<std::size_t>(i - 1)]) {
      std::copy(repetition.colour.begin(), repetition.colour.end(),
                image.data + static_cast<std::size_t>(pixel) * channels);
    }
  }
  return result;
}

}  // namespace fool
