// Draws the direct encoding with vectorised colour conversion. It is called "tiled" as its
// counterpart for CPPNs is, so that one name in a configuration fits both.
#include <cstring>

#include "encoding/direct.h"
#include "render/kernels.h"
#include "render/renderer_registry.h"

namespace fool {
namespace {

class DirectTiledRenderer : public Renderer {
 public:
  DirectTiledRenderer(const DirectEncoding& encoding, const Frame& frame, const Kernels& kernels)
      : encoding_(encoding), frame_(frame), kernels_(kernels) {
    encoding.require_own_shape(frame.canvas);
  }

  std::string name() const override { return fmt::format("tiled-{}", kernels_.target); }

  void render(Span<const GenomePtr> genomes, ImageBatch& out) override {
    check_render_call(frame_, genomes, out);
    int i = 0;
    for (const GenomePtr& genome : genomes) {
      draw(encoding_.levels(*genome, &scratch_), out[i++].data);
    }
  }

 private:
  // Row by row, or all at once where the rows of the window lie one behind the other.
  void draw(const std::uint8_t* levels, std::uint8_t* pixels) const {
    const ImageShape& canvas = frame_.canvas;
    const bool at_once = frame_.width == canvas.width;
    const int rows = at_once ? 1 : frame_.height;
    const int count = at_once ? frame_.height * frame_.width : frame_.width;
    const auto bytes = static_cast<std::size_t>(count * canvas.channels);
    for (int row = 0; row < rows; ++row, pixels += bytes) {
      const int first = ((frame_.top + row) * canvas.width + frame_.left) * canvas.channels;
      if (canvas.channels == 1) {
        std::memcpy(pixels, levels + first, bytes);
      } else {
        kernels_.packed_colors(encoding_.settings().color, levels + first, pixels, count);
      }
    }
  }

  const DirectEncoding& encoding_;
  Frame frame_;
  const Kernels& kernels_;
  std::vector<std::uint8_t> scratch_;
};

std::vector<RendererChoice> offer(const Encoding& encoding) {
  std::vector<RendererChoice> choices;
  if (const auto* direct = dynamic_cast<const DirectEncoding*>(&encoding)) {
    for (const Kernels* kernels : available_kernels()) {
      choices.push_back({fmt::format("tiled-{}", kernels->target), [=](const Frame& frame) {
                           return std::make_unique<DirectTiledRenderer>(*direct, frame, *kernels);
                         }});
    }
  }
  return choices;
}

[[maybe_unused]] const bool registered = register_renderer(kVectorRank, offer);

}  // namespace
}  // namespace fool
