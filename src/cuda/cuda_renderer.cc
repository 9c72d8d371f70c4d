// The kernels as a renderer: draws on the first device and brings the images back, whole, even if a
// part of them is wanted. It is for tests and benchmarks; a search on a device leaves the images
// there (see eval/block_scorer.h), so "auto" never means this one.
#include <utility>

#include "cuda/image_memory.h"
#include "cuda/painter.h"
#include "fool/core/error.h"
#include "render/renderer_registry.h"

namespace fool::cuda {
namespace {

constexpr int kDevice = 0;
constexpr int kRank = (kReferenceRank + kVectorRank) / 2;

class CudaRenderer : public Renderer {
 public:
  CudaRenderer(const Encoding& encoding, const Frame& frame, std::unique_ptr<Painter> painter)
      : frame_(frame), painter_(std::move(painter)) {
    if (frame.canvas != encoding.shape()) {
      fail(ErrorKind::kUsage,
           "the renderer \"cuda\" draws {} x {} pixels as the encoding does, not {} x {}; use "
           "\"auto\"",
           encoding.shape().height, encoding.shape().width, frame.canvas.height,
           frame.canvas.width);
    }
  }

  std::string name() const override { return "cuda"; }

  void render(Span<const GenomePtr> genomes, ImageBatch& out) override {
    check_render_call(frame_, genomes, out);
    if (genomes.empty()) return;
    const DeviceGuard guard(kDevice);
    if (genomes.size() > count_) {
      count_ = genomes.size();
      memory_ = std::make_unique<ImageMemory>(static_cast<int>(count_), frame_.canvas);
      if (!frame_.is_whole()) canvases_ = ImageBatch(static_cast<int>(count_), frame_.canvas);
    }
    const int count = static_cast<int>(genomes.size());
    painter_->draw(genomes, memory_->images(), stream_);
    memory_->download(count, frame_.is_whole() ? &out : &canvases_, stream_);
    stream_.wait();
    if (frame_.is_whole()) return;
    for (int i = 0; i < count; ++i) cut_out(frame_, canvases_[i], out[i]);
  }

 private:
  Frame frame_;
  std::unique_ptr<Painter> painter_;
  std::size_t count_ = 0;
  ImageBatch canvases_;  // where a part of them is wanted
  std::unique_ptr<ImageMemory> memory_;
  Stream stream_;
};

std::vector<RendererChoice> offer(const Encoding& encoding) {
  if (device_count() == 0) return {};
  if (!has_painter(encoding)) return {};
  return {{"cuda", [&encoding](const Frame& frame) -> std::unique_ptr<Renderer> {
             const DeviceGuard guard(kDevice);
             return std::make_unique<CudaRenderer>(encoding, frame, make_painter(encoding));
           }}};
}

[[maybe_unused]] const bool registered = register_renderer(kRank, offer);

}  // namespace
}  // namespace fool::cuda
