#include "classify/device_gradient.h"

#ifdef FOOL_WITH_CUDA

#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <mutex>
#include <utility>

#include "classify/graph_network.h"
#include "classify/input_gradient.h"
#include "classify/outputs.h"
#include "classify/preprocess.h"
#include "classify/torch_errors.h"
#include "cuda/runtime.h"

namespace fool {
namespace {

class TorchDeviceGradient : public DeviceGradient {
 public:
  TorchDeviceGradient(LayerGraph layers, const ModelSpec& spec, int device)
      : layers_(std::move(layers)),
        spec_(spec),
        preprocessor_(spec.input),
        device_(torch::kCUDA, static_cast<c10::DeviceIndex>(device)) {}

  void compute(const cuda::Stream& stream, const ImageBatch& images, Span<const int> classes,
               Objective objective, Span<float> probabilities, Span<float> gradient) override {
    if (objective == Objective::kLogit) expect_logits(spec_);
    translate_torch_errors(spec_.name, [&] {
      const std::shared_lock<std::shared_mutex> turn(capture_turn());
      const c10::cuda::CUDAGuard guard(device_);
      send_network();
      const c10::cuda::CUDAStreamGuard on_stream(
          c10::cuda::getStreamFromExternal(stream.get(), device_.index()));
      compute_input_gradient(*network_, spec_, preprocessor_, device_,
                             torch::MemoryFormat::Contiguous, images, classes, objective,
                             probabilities, gradient);
    });
  }

 private:
  void send_network() {
    std::call_once(sent_, [&] {
      network_ = std::make_unique<GraphNetwork>(std::move(layers_), device_);
      c10::cuda::getCurrentCUDAStream(device_.index()).synchronize();
    });
  }

  std::once_flag sent_;
  LayerGraph layers_;
  ModelSpec spec_;
  Preprocessor preprocessor_;
  torch::Device device_;
  std::unique_ptr<GraphNetwork> network_;
};

}  // namespace

std::shared_ptr<DeviceGradient> make_device_gradient(LayerGraph layers, const ModelSpec& spec,
                                                     int device) {
  return std::make_shared<TorchDeviceGradient>(std::move(layers), spec, device);
}

std::shared_mutex& capture_turn() {
  static std::shared_mutex turn;
  return turn;
}

}  // namespace fool

#endif
