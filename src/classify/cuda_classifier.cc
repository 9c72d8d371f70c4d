#include "classify/cuda_classifier.h"

#include "fool/classify/device.h"
#include "fool/core/error.h"

#ifdef FOOL_WITH_CUDA
#include <algorithm>
#include <utility>

#include "classify/classifier_info.h"
#include "classify/cuda_network.h"
#include "classify/device_network.h"
#include "cuda/image_memory.h"
#include "cuda/runtime.h"
#endif

namespace fool {

#ifdef FOOL_WITH_CUDA

namespace {

class CudaClassifier : public Classifier {
 public:
  CudaClassifier(ClassifierInfo info, DeviceScoring scoring)
      : info_(std::move(info)), scoring_(std::move(scoring)) {}

  const ClassifierInfo& info() const override { return info_; }
  const DeviceScoring* on_device() const override { return &scoring_; }

  void classify(const ImageBatch& images, Span<float> probabilities) override {
    const cuda::DeviceGuard guard(scoring_.device);
    prepare(images.count());
    {
      const ScopedStage stage(times_, Stage::kPreprocess);
      memory_->upload(images, *stream_);
      stream_->wait();
    }
    const ScopedStage stage(times_, Stage::kForward);
    forward_->enqueue();
    cuda::check(cudaMemcpyAsync(probabilities.data(), forward_->probabilities(),
                                probabilities.size() * sizeof(float), cudaMemcpyDeviceToHost,
                                stream_->get()),
                "fetching probabilities");
    stream_->wait();
  }

  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<CudaClassifier>(info_, scoring_);
  }

  const StageTimes& times() const override { return times_; }

 private:
  void prepare(int batch) {
    if (batch == batch_) return;
    if (stream_ == nullptr) stream_ = std::make_unique<cuda::Stream>();
    forward_.reset();
    memory_ = std::make_unique<cuda::ImageMemory>(batch, info_.shape);
    forward_ = scoring_.network->make(memory_->images(), batch, scoring_.crops, *stream_);
    batch_ = batch;
  }

  ClassifierInfo info_;
  DeviceScoring scoring_;
  int batch_ = 0;
  std::unique_ptr<cuda::Stream> stream_;
  std::unique_ptr<cuda::ImageMemory> memory_;
  std::unique_ptr<DeviceForward> forward_;
  StageTimes times_;
};

}  // namespace

std::unique_ptr<Classifier> make_cuda_classifier(const ModelSpec& spec, const std::string& backend,
                                                 const Execution& how,
                                                 const std::function<LayerGraph()>& layers) {
  const int device = parse_devices(how.device).front().index;
  cuda::expect_device(device);
  LayerGraph graph;
  try {
    graph = layers();
  } catch (const Error& e) {
    fail(ErrorKind::kConfig, "{} cannot be run on {}, only on the processor: {}", spec.name,
         how.device, e.what());
  }
  ClassifierInfo info = make_classifier_info(spec, backend, numeric_library());
  info.differentiable = false;
  info.multiply_adds = graph.multiply_adds();
  info.fingerprint["device"] = device_library(device);
  info.fingerprint["engine"] = "cuDNN";
  info.fingerprint["dtype"] = how.precision;
  const ImageShape shape = spec.input.shape();
  DeviceScoring scoring;
  scoring.device = device;
  scoring.network = make_device_network(std::move(graph), spec, how.precision, device);
  cuda::InputWindow window;
  window.canvas_width = window.width = shape.width;
  window.height = shape.height;
  window.reversed_channels = spec.input.channels == ChannelOrder::kBgr;
  scoring.crops = {window};
  return std::make_unique<CudaClassifier>(std::move(info), std::move(scoring));
}

#else

std::unique_ptr<Classifier> make_cuda_classifier(const ModelSpec& /*spec*/,
                                                 const std::string& /*backend*/,
                                                 const Execution& how,
                                                 const std::function<LayerGraph()>& /*layers*/) {
  expect_devices(parse_devices(how.device));
  fail(ErrorKind::kInternal, "device {}: the build has no devices, and said that it has",
       how.device);
}

#endif

}  // namespace fool
