// The renderer that every other one must equal: the encoding itself.
#include "render/renderer_registry.h"

namespace fool {
namespace {

class ReferenceRenderer : public Renderer {
 public:
  ReferenceRenderer(const Encoding& encoding, const Frame& frame)
      : encoding_(encoding), frame_(frame), canvas_(1, frame.canvas) {}

  std::string name() const override { return "reference"; }

  void render(Span<const GenomePtr> genomes, ImageBatch& out) override {
    check_render_call(frame_, genomes, out);
    int i = 0;
    for (const GenomePtr& genome : genomes) {
      draw(*genome, canvas_[0]);
      cut_out(frame_, canvas_[0], out[i++]);
    }
  }

 private:
  void draw(const Genome& genome, ImageView out) const {
    if (out.shape == encoding_.shape()) {
      encoding_.render(genome, out);
    } else {
      encoding_.render_at(genome, out);
    }
  }

  const Encoding& encoding_;
  Frame frame_;
  ImageBatch canvas_;
};

std::vector<RendererChoice> offer(const Encoding& encoding) {
  return {{"reference", [&encoding](const Frame& frame) {
             return std::make_unique<ReferenceRenderer>(encoding, frame);
           }}};
}

[[maybe_unused]] const bool registered = register_renderer(kReferenceRank, offer);

}  // namespace
}  // namespace fool
