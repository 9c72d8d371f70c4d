// Differentiates dense CPPNs tile by tile: the forward pass again, with everything kept, then the
// layers backwards. A weight's gradient is summed over the pixels of all tiles in sixteen lanes,
// whatever the processor's registers hold, so that it has the same bits on all of them.
#include <algorithm>

#include "render/dense_cppn_tile.h"
#include "render/differentiator_registry.h"
#include "render/kernels.h"

namespace fool {
namespace {

constexpr int kTilePixels = 256;

class DenseCppnDifferentiator : public Differentiator {
 public:
  DenseCppnDifferentiator(const DenseCppnEncoding& encoding, const Frame& frame,
                          const Kernels& kernels)
      : encoding_(encoding),
        frame_(frame),
        kernels_(layer_kernels(kernels)),
        tile_(encoding, frame, kernels_, kTilePixels, true),
        totals_(encoding.weights() * Kernels::kLanes) {
    int most_rows = frame.canvas.channels;
    for (const DenseLayer& layer : encoding.layers())
      most_rows = std::max({most_rows, layer.inputs, layer.values()});
    const std::size_t rows = static_cast<std::size_t>(most_rows);
    by_values_ = AlignedFloats(rows * static_cast<std::size_t>(tile_.n()));
    by_inputs_ = AlignedFloats(rows * static_cast<std::size_t>(tile_.n()));
    numbers_ = AlignedFloats(3 * static_cast<std::size_t>(tile_.n()));
  }

  std::string name() const override { return fmt::format("tiled-{}", kernels_.target); }

  void pull_back(Span<const GenomePtr> genomes, Span<const float> pixel_gradients,
                 Span<const Span<float>> gradients) override {
    check_pull_back_call(frame_, genomes, pixel_gradients, gradients);
    const float* by_pixels = pixel_gradients.data();
    for (std::size_t i = 0; i < genomes.size(); ++i, by_pixels += frame_.shape().size()) {
      check_gradient_size(gradients[i].size(), encoding_.weights());
      pull_back(*genomes[i], by_pixels, gradients[i].data());
    }
  }

 private:
  void pull_back(const Genome& genome, const float* by_pixels, float* gradient) {
    tile_.load(genome);
    std::fill_n(totals_.data(), totals_.size(), 0.0F);
    for (int tile = 0; tile < tile_.tiles(); ++tile) {
      tile_.compute(tile);
      enter_outputs(tile, by_pixels);
      for (int l = tile_.layers() - 1; l >= 0; --l) go_back(l);
    }
    for (const DenseLayer& layer : encoding_.layers()) {
      for (std::size_t i = 0; i < layer.weights(); ++i) {
        const std::size_t w = layer.first_weight + i;
        gradient[w] = add_lanes(totals_.data() + w * Kernels::kLanes) * layer.scale;
      }
    }
  }

  // Makes by_values_ the gradient by the last layer's values.
  void enter_outputs(int tile, const float* by_pixels) {
    const int n = tile_.n();
    const int channels = frame_.canvas.channels;
    const int pixels = tile_.pixels(tile);
    by_pixels += static_cast<std::ptrdiff_t>(tile_.first_pixel(tile)) * channels;
    float* const by = by_values_.data();
    for (int c = 0; c < channels; ++c) {
      float* const row = by + static_cast<std::ptrdiff_t>(c) * n;
      take_channel(by_pixels + c, channels, pixels, row);
      std::fill(row + pixels, row + n, 0.0F);
    }
    if (channels == 3) {
      const float* const values = tile_.values(tile_.layers() - 1);
      float* const numbers = numbers_.data();
      kernels_.scale(values, kDenseLevels, kDenseLevels, numbers, 3 * n);
      kernels_.color_back(encoding_.color(), numbers, numbers + n, numbers + 2 * n, by, by + n,
                          by + 2 * n, n);
    }
    kernels_.scale(by, kDenseLevels, 0.0F, by, channels * n);
  }

  // From the gradient by layer l's values to that by its weights and by its inputs, which are the
  // values of the layer before.
  void go_back(int l) {
    const DenseLayer& layer = tile_.layer(l);
    const int n = tile_.n();
    float* by_sums = by_values_.data();
    if (layer.is_composite) {
      const int count = layer.units * n;
      kernels_.composite_back(tile_.sums(l), by_sums, by_sums + count, by_sums, count);
    }
    for (std::size_t r = 0; r < layer.runs.size(); ++r) {
      const DenseLayer::Run& run = layer.runs[r];
      const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(run.first) * n;
      kernels_.activate_back(run.activation, tile_.sum_size(l, r), tile_.sums(l) + first,
                             tile_.values(l) + first, by_sums + first, run.count * n);
    }
    kernels_.layer_weights(tile_.inputs(l), layer.inputs, by_sums, layer.units,
                           totals_.data() + layer.first_weight * Kernels::kLanes, n);
    if (l == 0) return;
    kernels_.layer_back(tile_.scaled_weights(l), layer.inputs, layer.units, by_sums,
                        by_inputs_.data(), n);
    std::swap(by_values_, by_inputs_);
  }

  const DenseCppnEncoding& encoding_;
  Frame frame_;
  const LayerKernels& kernels_;
  DenseCppnTile tile_;
  AlignedFloats totals_;  // [weights][kLanes]
  AlignedFloats by_values_;
  AlignedFloats by_inputs_;
  AlignedFloats numbers_;  // the outputs as numbers 0..255
};

std::vector<DifferentiatorChoice> offer(const Encoding& encoding) {
  std::vector<DifferentiatorChoice> choices;
  if (const auto* dense = dynamic_cast<const DenseCppnEncoding*>(&encoding)) {
    for (const Kernels* kernels : available_kernels()) {
      choices.push_back({fmt::format("tiled-{}", kernels->target), [=](const Frame& frame) {
                           return std::make_unique<DenseCppnDifferentiator>(*dense, frame,
                                                                            *kernels);
                         }});
    }
  }
  return choices;
}

[[maybe_unused]] const bool registered = register_differentiator(kVectorRank, offer);

}  // namespace
}  // namespace fool
