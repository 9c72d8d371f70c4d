// Draws dense CPPNs tile by tile, small enough for two layers' values to stay in the nearest cache.
#include "render/dense_cppn_tile.h"
#include "render/kernels.h"
#include "render/renderer_registry.h"

namespace fool {
namespace {

constexpr int kTilePixels = 128;

class DenseCppnTiledRenderer : public Renderer {
 public:
  DenseCppnTiledRenderer(const DenseCppnEncoding& encoding, const Frame& frame,
                         const Kernels& kernels)
      : encoding_(encoding),
        frame_(frame),
        kernels_(kernels),
        tile_(encoding, frame, layer_kernels(kernels), kTilePixels, false) {}

  std::string name() const override { return fmt::format("tiled-{}", kernels_.target); }

  void render(Span<const GenomePtr> genomes, ImageBatch& out) override {
    check_render_call(frame_, genomes, out);
    int i = 0;
    for (const GenomePtr& genome : genomes) draw(*genome, out[i++].data);
  }

 private:
  void draw(const Genome& genome, std::uint8_t* image) {
    tile_.load(genome);
    for (int tile = 0; tile < tile_.tiles(); ++tile) {
      tile_.compute(tile);
      write_pixels(
          image + static_cast<std::ptrdiff_t>(tile_.first_pixel(tile)) * frame_.canvas.channels,
          tile_.pixels(tile));
    }
  }

  void write_pixels(std::uint8_t* out, int count) {
    float* const values = tile_.values(tile_.layers() - 1);
    const int n = tile_.n();
    const int channels = frame_.canvas.channels;
    tile_.kernels().scale(values, kDenseUnitFactor, kDenseUnitOffset, values, n * channels);
    if (channels == 1) {
      kernels_.levels(values, out, count);
    } else {
      kernels_.colors(encoding_.color(), values, values + n, values + 2 * n, out, count);
    }
  }

  const DenseCppnEncoding& encoding_;
  Frame frame_;
  const Kernels& kernels_;
  DenseCppnTile tile_;
};

std::vector<RendererChoice> offer(const Encoding& encoding) {
  std::vector<RendererChoice> choices;
  if (const auto* dense = dynamic_cast<const DenseCppnEncoding*>(&encoding)) {
    for (const Kernels* kernels : available_kernels()) {
      choices.push_back({fmt::format("tiled-{}", kernels->target), [=](const Frame& frame) {
                           return std::make_unique<DenseCppnTiledRenderer>(*dense, frame, *kernels);
                         }});
    }
  }
  return choices;
}

[[maybe_unused]] const bool registered = register_renderer(kVectorRank, offer);

}  // namespace
}  // namespace fool
