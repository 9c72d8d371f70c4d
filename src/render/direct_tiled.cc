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
  DirectTiledRenderer(const DirectEncoding& encoding, const Kernels& kernels)
      : encoding_(encoding), kernels_(kernels) {}

  std::string name() const override { return fmt::format("tiled-{}", kernels_.target); }

  void render(Span<const GenomePtr> genomes, ImageBatch& out) override {
    check_render_call(encoding_, genomes, out);
    const ImageShape& shape = encoding_.shape();
    int i = 0;
    for (const GenomePtr& genome : genomes) {
      std::uint8_t* pixels = out[i++].data;
      const std::uint8_t* levels = encoding_.levels(*genome, &scratch_);
      if (shape.channels == 1) {
        std::memcpy(pixels, levels, shape.size());
      } else {
        kernels_.packed_colors(encoding_.settings().color, levels, pixels,
                               shape.height * shape.width);
      }
    }
  }

 private:
  const DirectEncoding& encoding_;
  const Kernels& kernels_;
  std::vector<std::uint8_t> scratch_;
};

std::vector<RendererChoice> offer(const Encoding& encoding) {
  std::vector<RendererChoice> choices;
  if (const auto* direct = dynamic_cast<const DirectEncoding*>(&encoding)) {
    for (const Kernels* kernels : available_kernels()) {
      choices.push_back({fmt::format("tiled-{}", kernels->target),
                         [=] { return std::make_unique<DirectTiledRenderer>(*direct, *kernels); }});
    }
  }
  return choices;
}

[[maybe_unused]] const bool registered = register_renderer(kVectorRank, offer);

}  // namespace
}  // namespace fool
