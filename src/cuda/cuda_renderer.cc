// The kernels as a renderer: draws on the first device and brings the images back. It is for tests,
// benchmarks and files; a search on a device leaves the images there (see eval/block_scorer.h), so
// "auto" never means this one.
#include <utility>

#include "cuda/image_memory.h"
#include "cuda/painter.h"
#include "render/renderer_registry.h"

namespace fool::cuda {
namespace {

constexpr int kDevice = 0;
constexpr int kRank = (kReferenceRank + kVectorRank) / 2;

class CudaRenderer : public Renderer {
 public:
  CudaRenderer(const Encoding& encoding, std::unique_ptr<Painter> painter)
      : encoding_(encoding), painter_(std::move(painter)) {}

  std::string name() const override { return "cuda"; }

  void render(Span<const GenomePtr> genomes, ImageBatch& out) override {
    check_render_call(encoding_, genomes, out);
    if (genomes.empty()) return;
    const DeviceGuard guard(kDevice);
    if (genomes.size() > count_) {
      count_ = genomes.size();
      memory_ = std::make_unique<ImageMemory>(static_cast<int>(count_), encoding_.shape());
    }
    painter_->draw(genomes, memory_->images(), stream_);
    memory_->download(static_cast<int>(genomes.size()), &out, stream_);
    stream_.wait();
  }

 private:
  const Encoding& encoding_;
  std::unique_ptr<Painter> painter_;
  std::size_t count_ = 0;
  std::unique_ptr<ImageMemory> memory_;
  Stream stream_;
};

std::vector<RendererChoice> offer(const Encoding& encoding) {
  if (device_count() == 0) return {};
  if (!has_painter(encoding)) return {};
  return {{"cuda", [&encoding]() -> std::unique_ptr<Renderer> {
             const DeviceGuard guard(kDevice);
             return std::make_unique<CudaRenderer>(encoding, make_painter(encoding));
           }}};
}

[[maybe_unused]] const bool registered = register_renderer(kRank, offer);

}  // namespace
}  // namespace fool::cuda
