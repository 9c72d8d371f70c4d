// The renderer that every other one must equal: the encoding itself.
#include "render/renderer_registry.h"

namespace fool {
namespace {

class ReferenceRenderer : public Renderer {
 public:
  explicit ReferenceRenderer(const Encoding& encoding) : encoding_(encoding) {}

  std::string name() const override { return "reference"; }

  void render(Span<const GenomePtr> genomes, ImageBatch& out) override {
    check_render_call(encoding_, genomes, out);
    int i = 0;
    for (const GenomePtr& genome : genomes) encoding_.render(*genome, out[i++]);
  }

 private:
  const Encoding& encoding_;
};

std::vector<RendererChoice> offer(const Encoding& encoding) {
  return {{"reference", [&encoding] { return std::make_unique<ReferenceRenderer>(encoding); }}};
}

[[maybe_unused]] const bool registered = register_renderer(kReferenceRank, offer);

}  // namespace
}  // namespace fool
