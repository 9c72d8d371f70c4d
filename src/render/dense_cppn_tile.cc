#include "render/dense_cppn_tile.h"

#include <algorithm>
#include <cmath>

namespace fool {
namespace {

std::size_t floats(int rows, int n) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(n);
}

}  // namespace

DenseCppnTile::DenseCppnTile(const DenseCppnEncoding& encoding, const Frame& frame,
                             const LayerKernels& kernels, int most_pixels, bool keep)
    : encoding_(encoding),
      kernels_(kernels),
      layers_(encoding.layers()),
      window_pixels_(frame.height * frame.width) {
  constexpr int kLanes = Kernels::kLanes;
  n_ = std::min(most_pixels, (window_pixels_ + kLanes - 1) / kLanes * kLanes);
  tiles_ = (window_pixels_ + n_ - 1) / n_;
  set_coordinates(frame);

  // Kept, every layer's sums and values have rows of their own. Else the values take the place of
  // the sums, and two sets of rows are used in turn.
  std::size_t needed = 0;
  int most_values = 0;
  for (const DenseLayer& layer : layers_) {
    needed += floats(layer.units + layer.values(), n_);
    most_values = std::max(most_values, layer.values());
  }
  if (!keep) needed = 2 * floats(most_values, n_);
  memory_ = AlignedFloats(needed);
  float* next = memory_.data();
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    if (keep) {
      sums_.push_back(next);
      next += floats(layers_[l].units, n_);
      values_.push_back(next);
      next += floats(layers_[l].values(), n_);
    } else {
      sums_.push_back(memory_.data() + (l % 2) * floats(most_values, n_));
      values_.push_back(sums_.back());
    }
  }
}

int DenseCppnTile::pixels(int tile) const {
  return std::min(n_, window_pixels_ - first_pixel(tile));
}

void DenseCppnTile::set_coordinates(const Frame& frame) {
  const CppnCoordinates at = encoding_.coordinates(frame.canvas.height, frame.canvas.width);
  const int inputs = layers_.front().inputs;
  coordinates_ = AlignedFloats(floats(tiles_ * inputs, n_));
  for (int tile = 0; tile < tiles_; ++tile) {
    float* const rows = coordinates_.data() + floats(tile * inputs, n_);
    for (int p = 0; p < pixels(tile); ++p) {
      const int row = frame.top + (first_pixel(tile) + p) / frame.width;
      const int column = frame.left + (first_pixel(tile) + p) % frame.width;
      rows[p] = at.x(column);
      rows[n_ + p] = at.y(row);
      if (encoding_.sees_distance()) rows[2 * n_ + p] = at.d(row, column);
    }
  }
}

void DenseCppnTile::load(const Genome& genome) {
  scaled_weights_ = encoding_.scaled_weights(genome);
  measure_sums();
}

// No sum can become larger than its terms' sizes added up, but for roundings.
void DenseCppnTile::measure_sums() {
  constexpr double kRounding = 1.001;  // of some hundred products and sums, far more than it is
  sum_sizes_.clear();
  double largest = encoding_.sees_distance() ? 1.4143 : 1.0;  // of the layer's inputs
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const DenseLayer& layer = layers_[l];
    std::vector<SumSize> sizes;
    for (const DenseLayer::Run& run : layer.runs) {
      double size = 0;
      const float* weight = scaled_weights(static_cast<int>(l)) +
                            static_cast<std::ptrdiff_t>(run.first) * (layer.inputs + 1);
      for (int unit = 0; unit < run.count; ++unit) {
        double sum = 0;
        for (int i = 0; i < layer.inputs; ++i) sum += std::fabs(static_cast<double>(*weight++));
        sum = sum * largest + std::fabs(static_cast<double>(*weight++));
        size = std::max(size, sum * kRounding);
      }
      sizes.push_back(size < small_sum(run.activation) ? SumSize::kSmall : SumSize::kAny);
    }
    sum_sizes_.push_back(std::move(sizes));
    largest = layer.is_composite ? 4.2 : 1.0;  // (pi/2)^2 / .6 = 4.11
  }
}

SumSize DenseCppnTile::sum_size(int l, std::size_t run) const {
  return sum_sizes_[static_cast<std::size_t>(l)][run];
}

const float* DenseCppnTile::scaled_weights(int l) const {
  return scaled_weights_.data() + layer(l).first_weight;
}

const float* DenseCppnTile::inputs(int l) const {
  return l > 0 ? values(l - 1) : coordinates_.data() + floats(tile_ * layer(0).inputs, n_);
}

void DenseCppnTile::compute(int tile) {
  tile_ = tile;
  for (int l = 0; l < layers(); ++l) {
    const DenseLayer& layer = this->layer(l);
    float* const sums = sums_[static_cast<std::size_t>(l)];
    kernels_.layer(scaled_weights(l), layer.inputs, layer.units, inputs(l), sums, n_);
    if (layer.is_composite) {
      const int count = layer.units * n_;
      kernels_.composite(sums, values(l), values(l) + count, count);
    }
    for (std::size_t r = 0; r < layer.runs.size(); ++r) {
      const DenseLayer::Run& run = layer.runs[r];
      const std::size_t first = floats(run.first, n_);
      kernels_.activate(run.activation, sum_size(l, r), sums + first, values(l) + first,
                        run.count * n_);
    }
  }
}

}  // namespace fool
