#include "classify/cuda_classifier.h"

#include "fool/classify/device.h"
#include "fool/core/error.h"

#ifdef FOOL_WITH_CUDA
#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "classify/classifier_info.h"
#include "classify/cuda_network.h"
#include "classify/device_gradient.h"
#include "classify/device_network.h"
#include "cuda/image_memory.h"
#include "cuda/runtime.h"
#endif

namespace fool {

#ifdef FOOL_WITH_CUDA

namespace {

class CudaClassifier : public Classifier {
 public:
  // gradient: null where there is none.
  CudaClassifier(ClassifierInfo info, DeviceScoring scoring,
                 std::shared_ptr<DeviceGradient> gradient)
      : info_(std::move(info)), scoring_(std::move(scoring)), gradient_(std::move(gradient)) {}

  const ClassifierInfo& info() const override { return info_; }
  const DeviceScoring* on_device() const override { return &scoring_; }

  void classify(const ImageBatch& images, Span<float> probabilities) override {
    const cuda::DeviceGuard guard(scoring_.device);
    prepare(images.count());
    {
      const ScopedStage stage(times_, Stage::kPreprocess);
      memory_->upload(images, stream());
      stream().wait();
    }
    const ScopedStage stage(times_, Stage::kForward);
    forward_->enqueue();
    cuda::check(cudaMemcpyAsync(probabilities.data(), forward_->probabilities(),
                                probabilities.size() * sizeof(float), cudaMemcpyDeviceToHost,
                                stream().get()),
                "fetching probabilities");
    stream().wait();
  }

  void input_gradient(const ImageBatch& images, Span<const int> classes, Objective objective,
                      Span<float> probabilities, Span<float> gradient) override {
    if (gradient_ == nullptr) {
      fail(ErrorKind::kConfig,
           "{}: gradients are computed in float32 only, and evaluate.precision is {}", info_.name,
           info_.fingerprint.at("dtype").get<std::string>());
    }
    const cuda::DeviceGuard guard(scoring_.device);
    const ScopedStage stage(times_, Stage::kForward);
    gradient_->compute(stream(), images, classes, objective, probabilities, gradient);
  }

  std::unique_ptr<Classifier> clone() const override {
    return std::make_unique<CudaClassifier>(info_, scoring_, gradient_);
  }

  const StageTimes& times() const override { return times_; }

 private:
  // Of the device that is current at its first use.
  cuda::Stream& stream() {
    if (stream_ == nullptr) stream_ = std::make_unique<cuda::Stream>();
    return *stream_;
  }

  void prepare(int batch) {
    if (batch == batch_) return;
    const std::unique_lock<std::shared_mutex> turn(capture_turn());
    forward_.reset();
    memory_ = std::make_unique<cuda::ImageMemory>(batch, info_.shape);
    forward_ = scoring_.network->make(memory_->images(), batch, scoring_.crops, stream());
    batch_ = batch;
  }

  ClassifierInfo info_;
  DeviceScoring scoring_;
  std::shared_ptr<DeviceGradient> gradient_;
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
  info.differentiable = how.precision == "float32";
  info.multiply_adds = graph.multiply_adds();
  info.fingerprint["device"] = device_library(device);
  info.fingerprint["engine"] = "cuDNN";
  info.fingerprint["dtype"] = how.precision;
  const ImageShape shape = spec.input.shape();
  std::shared_ptr<DeviceGradient> gradient;
  if (info.differentiable) gradient = make_device_gradient(graph, spec, device);
  DeviceScoring scoring;
  scoring.device = device;
  scoring.network = make_device_network(std::move(graph), spec, how.precision, device);
  cuda::InputWindow window;
  window.canvas_width = window.width = shape.width;
  window.height = shape.height;
  window.reversed_channels = spec.input.channels == ChannelOrder::kBgr;
  scoring.crops = {window};
  return std::make_unique<CudaClassifier>(std::move(info), std::move(scoring), std::move(gradient));
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
