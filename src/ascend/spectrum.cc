#include "ascend/spectrum.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "fool/core/error.h"
#include "fool/core/repro_math.h"

namespace fool {
namespace {

// OpenCV has no const matrices.
cv::Mat matrix(int rows, int columns, Span<const float> numbers) {
  return {rows, columns, CV_32FC1, const_cast<float*>(numbers.data())};
}

// In place, not scaled. The spectrum of a real plane has as many numbers as the plane ("CCS").
void transform(int rows, int columns, bool inverse, std::vector<float>& numbers) {
  try {
    cv::Mat mat = matrix(rows, columns, numbers);
    cv::dft(mat, mat, inverse ? cv::DFT_INVERSE | cv::DFT_REAL_OUTPUT : 0);
  } catch (const cv::Exception& error) {
    fail(ErrorKind::kInternal, "Fourier transform of {} x {}: {}", rows, columns, error.what());
  }
}

// What a place of OpenCV's packed spectrum holds.
struct Wave {
  int down, across;  // cycles over the plane
  bool pair;         // stands for itself and its conjugate
};

// https://docs.opencv.org/4.x/d2/de8/group__core__array.html#gadd6cf9baf2b8b704a11b5f04aaf4f39d:
// the columns 0 and, where there is one, columns/2 are packed downwards, all others across.
Wave wave_at(int row, int column, int rows, int columns) {
  const bool edge = column == 0 || (columns % 2 == 0 && column == columns - 1);
  if (!edge) return {std::min(row, rows - row), (column + 1) / 2, true};
  const bool own_conjugate = row == 0 || (rows % 2 == 0 && row == rows - 1);
  return {(row + 1) / 2, column == 0 ? 0 : columns / 2, !own_conjugate};
}

}  // namespace

Spectrum::Spectrum(int height, int width, double power)
    : height_(height),
      width_(width),
      rows_(cv::getOptimalDFTSize(height)),
      columns_(cv::getOptimalDFTSize(width)) {
  const double lowest = 1.0 / std::max(rows_, columns_);
  const double unit = std::sqrt(static_cast<double>(rows_) * columns_);  // makes it orthonormal
  for (int y = 0; y < rows_; ++y) {
    for (int x = 0; x < columns_; ++x) {
      const Wave wave = wave_at(y, x, rows_, columns_);
      const double down = static_cast<double>(wave.down) / rows_;
      const double across = static_cast<double>(wave.across) / columns_;
      const double frequency = std::max(lowest, std::sqrt(down * down + across * across));
      weight_.push_back(static_cast<float>(1 / (4 * repro::pow(frequency, power) * unit)));
      doubled_.push_back(wave.pair ? 2.0F : 1.0F);
    }
  }
}

void Spectrum::to_plane(Span<const float> amplitudes, Span<float> plane) const {
  std::vector<float> canvas(size());
  for (std::size_t i = 0; i < canvas.size(); ++i) canvas[i] = amplitudes[i] * weight_[i];
  transform(rows_, columns_, true, canvas);
  for (int y = 0; y < height_; ++y) {
    std::copy_n(canvas.begin() + y * columns_, width_, plane.begin() + y * width_);
  }
}

void Spectrum::pull_back(Span<const float> by_plane, Span<float> by_amplitudes) const {
  std::vector<float> canvas(size(), 0.0F);
  for (int y = 0; y < height_; ++y) {
    std::copy_n(by_plane.begin() + y * width_, width_, canvas.begin() + y * columns_);
  }
  transform(rows_, columns_, false, canvas);
  for (std::size_t i = 0; i < canvas.size(); ++i) {
    by_amplitudes[i] = canvas[i] * weight_[i] * doubled_[i];
  }
}

void Spectrum::analyse(Span<const float> plane, Span<float> amplitudes) const {
  std::vector<float> canvas(size());
  for (int y = 0; y < rows_; ++y) {
    for (int x = 0; x < columns_; ++x) {
      const int from = std::min(y, height_ - 1) * width_ + std::min(x, width_ - 1);
      canvas[static_cast<std::size_t>(y * columns_ + x)] = plane[static_cast<std::size_t>(from)];
    }
  }
  transform(rows_, columns_, false, canvas);
  const auto pixels = static_cast<float>(size());
  for (std::size_t i = 0; i < canvas.size(); ++i) {
    amplitudes[i] = canvas[i] / (pixels * weight_[i]);
  }
}

}  // namespace fool
