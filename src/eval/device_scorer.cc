// The scorer of an NVIDIA device: genomes are sent there, drawn there and scored there, and only
// probabilities come back. Each has a stream of its own, so that one draws or waits for the host
// while another one's network runs.
#include <algorithm>
#include <cmath>
#include <utility>

#include "fool/core/error.h"
#include "fool/eval/block_scorer.h"

#ifdef FOOL_WITH_CUDA
#include "classify/device_network.h"
#include "cuda/image_memory.h"
#include "cuda/painter.h"
#include "cuda/runtime.h"
#include "fool/render/renderer.h"
#endif

namespace fool {

#ifdef FOOL_WITH_CUDA

namespace {

bool draws_on_device(const Encoding& encoding, const std::string& renderer) {
  return (renderer == "cuda" || renderer == "auto") && cuda::has_painter(encoding);
}

class DeviceScorer : public BlockScorer {
 public:
  // The device is the current one.
  DeviceScorer(const Encoding& encoding, const std::string& renderer, const Classifier& classifier,
               int block)
      : encoding_(encoding),
        renderer_(renderer),
        classifier_(classifier.clone()),
        block_(block),
        name_(classifier.info().name),
        device_(classifier.on_device()->device),
        classes_(static_cast<std::size_t>(classifier.info().classes)),
        host_renderer_(draws_on_device(encoding, renderer) ? nullptr
                                                           : make_renderer(renderer, encoding)),
        painter_(host_renderer_ == nullptr ? cuda::make_painter(encoding) : nullptr),
        memory_(block, encoding.shape()),
        forward_(classifier.on_device()->network->make(memory_.images(), block,
                                                       classifier.on_device()->crops, stream_)) {
    result_.reserve(static_cast<std::size_t>(block) * classes_ * sizeof(float));
    if (host_renderer_ != nullptr) drawn_ = ImageBatch(block, encoding.shape());
  }

  void score(Span<const GenomePtr> genomes, Span<float> confidences) override {
    if (host_renderer_ != nullptr) {
      {
        const ScopedStage stage(times_, Stage::kRender);
        host_renderer_->render(genomes, drawn_);
      }
      score_images(drawn_, confidences);
      return;
    }
    const cuda::DeviceGuard guard(device_);
    begin_.record(stream_);
    painter_->draw(genomes, memory_.images(), stream_);
    drawn_at_.record(stream_);
    finish(confidences);
    times_[Stage::kRender] += drawn_at_.seconds_since(begin_);
  }

  // Only the network's share is computed on the device: it is by far the largest.
  void score_with_gradients(Span<const GenomePtr> genomes, Span<const int> classes,
                            Span<float> confidences, Span<std::vector<float>> gradients) override {
    if (gradients_ == nullptr) {
      const std::string renderer = renderer_ == "cuda" ? "auto" : renderer_;
      gradients_ =
          std::move(make_host_scorers(encoding_, renderer, *classifier_, block_, 1).front());
    }
    gradients_->score_with_gradients(genomes, classes, confidences, gradients);
  }

  void score_images(const ImageBatch& images, Span<float> confidences) override {
    const cuda::DeviceGuard guard(device_);
    begin_.record(stream_);
    memory_.upload(images, stream_);
    drawn_at_.record(stream_);
    finish(confidences);
    times_[Stage::kPreprocess] += drawn_at_.seconds_since(begin_);
  }

  void forward_again(Span<float> confidences) override {
    const cuda::DeviceGuard guard(device_);
    drawn_at_.record(stream_);
    finish(confidences);
  }

  std::string renderer_name() const override {
    return host_renderer_ != nullptr ? host_renderer_->name() : "cuda";
  }

  StageTimes times() const override {
    StageTimes sum = times_;
    if (gradients_ != nullptr) sum += gradients_->times();
    return sum;
  }

 private:
  // Runs the network over the images that are there or will be, and waits for what it says.
  void finish(Span<float> confidences) {
    forward_->enqueue();
    end_.record(stream_);
    auto* result = result_.as<float>();
    cuda::check(
        cudaMemcpyAsync(result, forward_->probabilities(), confidences.size() * sizeof(float),
                        cudaMemcpyDeviceToHost, stream_.get()),
        "fetching probabilities");
    stream_.wait();
    std::copy_n(result, confidences.size(), confidences.begin());
    times_[Stage::kForward] += end_.seconds_since(drawn_at_);
    // The kernel makes a whole row NaN where one output is.
    for (std::size_t b = 0; b < confidences.size() / classes_; ++b) {
      if (std::isnan(confidences[b * classes_])) {
        fail(ErrorKind::kModel,
             "{}: the output for image {} of a block holds NaN or an infinite number; where the "
             "weights are sound on the processor, evaluate.precision float32 or bfloat16 has room "
             "for larger numbers than float16",
             name_, b);
      }
    }
  }

  const Encoding& encoding_;
  std::string renderer_;
  std::unique_ptr<Classifier> classifier_;
  int block_;
  std::string name_;
  int device_;
  std::size_t classes_;
  cuda::Stream stream_;
  std::unique_ptr<Renderer> host_renderer_;
  std::unique_ptr<cuda::Painter> painter_;
  cuda::ImageMemory memory_;
  std::unique_ptr<DeviceForward> forward_;
  std::unique_ptr<BlockScorer> gradients_;  // once one is wanted
  cuda::PinnedBuffer result_;               // [B, K]
  ImageBatch drawn_;                        // [B, H, W, C], by the host's renderer
  cuda::Event begin_, drawn_at_, end_;
  StageTimes times_;
};

}  // namespace

BlockScorers make_device_scorers(const Encoding& encoding, const std::string& renderer,
                                 Span<const Classifier* const> classifiers, int block,
                                 int per_device) {
  BlockScorers scorers;
  for (int i = 0; i < per_device; ++i) {
    // Neighbours are on different devices, so that few blocks are shared out evenly.
    for (const Classifier* classifier : classifiers) {
      expect_same_shape(encoding.shape(), *classifier);
      const cuda::DeviceGuard guard(classifier->on_device()->device);
      scorers.push_back(std::make_unique<DeviceScorer>(encoding, renderer, *classifier, block));
    }
  }
  return scorers;
}

#else

BlockScorers make_device_scorers(const Encoding& /*encoding*/, const std::string& /*renderer*/,
                                 Span<const Classifier* const> /*classifiers*/, int /*block*/,
                                 int /*per_device*/) {
  fail(ErrorKind::kInternal, "this build has no devices to score on");
}

#endif

}  // namespace fool
