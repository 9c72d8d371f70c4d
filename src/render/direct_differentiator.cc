// Differentiates the direct encoding with a vectorised reverse of the colour conversion. A gene
// belongs to one pixel, so nothing is summed, and the bits are those of the reference.
#include <algorithm>

#include "encoding/direct.h"
#include "render/differentiator_registry.h"
#include "render/layer_kernels.h"

namespace fool {
namespace {

constexpr int kPixelsAtATime = 256;
static_assert(kPixelsAtATime % Kernels::kLanes == 0);

class DirectDifferentiator : public Differentiator {
 public:
  DirectDifferentiator(const DirectEncoding& encoding, const Frame& frame, const Kernels& kernels)
      : encoding_(encoding), frame_(frame), kernels_(layer_kernels(kernels)) {}

  std::string name() const override { return fmt::format("tiled-{}", kernels_.target); }

  void pull_back(Span<const GenomePtr> genomes, Span<const float> pixel_gradients,
                 Span<const Span<float>> gradients) override {
    check_pull_back_call(frame_, genomes, pixel_gradients, gradients);
    const float* window = pixel_gradients.data();
    const std::ptrdiff_t row_size = std::ptrdiff_t{frame_.width} * frame_.canvas.channels;
    for (std::size_t i = 0; i < genomes.size(); ++i) {
      check_gradient_size(gradients[i].size(), encoding_.parameter_count(*genomes[i]));
      std::fill(gradients[i].begin(), gradients[i].end(), 0.0F);
      const std::vector<float> genes = encoding_.parameters(*genomes[i]);
      for (int row = 0; row < frame_.height; ++row, window += row_size) {
        const std::ptrdiff_t first =
            (std::ptrdiff_t{frame_.top + row} * frame_.canvas.width + frame_.left) *
            frame_.canvas.channels;
        pull_back_row(genes.data() + first, window, gradients[i].data() + first);
      }
    }
  }

 private:
  void pull_back_row(const float* genes, const float* by_pixels, float* by_genes) {
    const float per_unit = encoding_.levels_per_unit();
    if (frame_.canvas.channels == 1) {
      for (int p = 0; p < frame_.width; ++p) by_genes[p] = by_pixels[p] * per_unit;
      return;
    }
    for (int begin = 0; begin < frame_.width; begin += kPixelsAtATime) {
      const int count = std::min(kPixelsAtATime, frame_.width - begin);
      for (int c = 0; c < 3; ++c) {
        take_channel(genes + 3 * begin + c, 3, count, numbers_[c]);
        take_channel(by_pixels + 3 * begin + c, 3, count, by_[c]);
        kernels_.scale(numbers_[c], per_unit, 0.0F, numbers_[c], kPixelsAtATime);
      }
      kernels_.color_back(encoding_.settings().color, numbers_[0], numbers_[1], numbers_[2], by_[0],
                          by_[1], by_[2], kPixelsAtATime);
      for (int p = 0; p < count; ++p) {
        for (int c = 0; c < 3; ++c) by_genes[3 * (begin + p) + c] = by_[c][p] * per_unit;
      }
    }
  }

  const DirectEncoding& encoding_;
  Frame frame_;
  const LayerKernels& kernels_;
  float numbers_[3][kPixelsAtATime] = {};  // the genes as numbers 0..255
  float by_[3][kPixelsAtATime] = {};
};

std::vector<DifferentiatorChoice> offer(const Encoding& encoding) {
  std::vector<DifferentiatorChoice> choices;
  if (const auto* direct = dynamic_cast<const DirectEncoding*>(&encoding)) {
    for (const Kernels* kernels : available_kernels()) {
      choices.push_back({fmt::format("tiled-{}", kernels->target), [=](const Frame& frame) {
                           return std::make_unique<DirectDifferentiator>(*direct, frame, *kernels);
                         }});
    }
  }
  return choices;
}

[[maybe_unused]] const bool registered = register_differentiator(kVectorRank, offer);

}  // namespace
}  // namespace fool
