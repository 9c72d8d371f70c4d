// Runs a LayerGraph with oneDNN's primitives.
#include "classify/forward_engine.h"
#include "fool/core/error.h"

#ifdef FOOL_WITH_ONEDNN

#include <cstring>
#include <map>
#include <mutex>
#include <numeric>
#include <utility>
#include <vector>

#include "classify/onednn_gradient.h"
#include "classify/onednn_plan.h"

namespace fool {
namespace {

using dnnl::memory;
using onednn::cpu;
using onednn::Step;
using onednn::translate_onednn_errors;

class OneDnnEngine : public ForwardEngine {
 public:
  OneDnnEngine(std::shared_ptr<const onednn::ExecutionPlan> plan, const Preprocessor& input,
               std::size_t pixels, int classes)
      : plan_(std::move(plan)),
        input_(input),
        image_bytes_(pixels),
        classes_(static_cast<std::size_t>(classes)),
        memory_(torch::empty(
            {static_cast<std::int64_t>(plan_->memory.bytes + plan_->scratch_bytes + 64)},
            torch::kUInt8)),
        stream_(cpu()) {
    for (const std::vector<Step>& steps : plan_->steps) {
      for (const Step& step : steps) calls_.push_back(bind(step));
    }
  }

  Span<const float> forward(const ImageBatch& images, StageTimes& times) override {
    translate_onednn_errors([&] { run_all(images, times); });
    return {reinterpret_cast<const float*>(data(plan_->output, 0)),
            static_cast<std::size_t>(plan_->batch) * classes_};
  }

 private:
  void run_all(const ImageBatch& images, StageTimes& times) {
    std::size_t first_call = 0;
    for (std::size_t s = 0; s < plan_->steps.size(); ++s) {
      const std::vector<Step>& steps = plan_->steps[s];
      const int portion = plan_->memory.segments[s].portion;
      for (int first = 0; first < plan_->batch; first += portion) {
        if (s == 0) {
          const ScopedStage stage(times, Stage::kPreprocess);
          const std::size_t bytes = image_bytes_ * static_cast<std::size_t>(portion);
          input_.forward(
              images.bytes().subspan(static_cast<std::size_t>(first) * image_bytes_, bytes),
              {reinterpret_cast<float*>(data(0, first)), bytes});
        }
        const ScopedStage stage(times, Stage::kForward);
        for (std::size_t i = 0; i < steps.size(); ++i) run(steps[i], calls_[first_call + i], first);
      }
      first_call += steps.size();
    }
  }

  struct Call {
    std::vector<memory> memories;
    std::vector<dnnl_exec_arg_t> arguments;
  };

  Call bind(const Step& step) {
    Call call;
    for (const Step::Argument& a : step.arguments) {
      std::uint8_t* at =
          a.value == Step::kScratch ? base() + plan_->memory.bytes : data(a.value, 0);
      call.memories.emplace_back(a.desc, cpu(), at);
      call.arguments.push_back({a.argument, call.memories.back().get()});
    }
    for (const auto& [argument, constant] : step.constants)
      call.arguments.push_back({argument, constant.get()});
    return call;
  }

  std::uint8_t* base() { return memory_.data_ptr<std::uint8_t>(); }

  std::uint8_t* data(int value, int first) {
    const ValuePlace& place = plan_->memory.places[static_cast<std::size_t>(value)];
    return base() + place.offset +
           (place.of_batch ? static_cast<std::size_t>(first) * place.bytes_per_image : 0);
  }

  void run(const Step& step, Call& call, int first) {
    if (step.kind == Step::Kind::kJoin) return join(step, first);
    for (std::size_t i = 0; i < step.arguments.size(); ++i) {
      const int v = step.arguments[i].value;
      if (v >= 0 && plan_->memory.places[static_cast<std::size_t>(v)].of_batch)
        call.memories[i].set_data_handle(data(v, first));
    }
    dnnl::error::wrap_c_api(
        dnnl_primitive_execute(step.primitive.get(), stream_.get(),
                               static_cast<int>(call.arguments.size()), call.arguments.data()),
        "could not execute a primitive");
  }

  void join(const Step& step, int first) {
    std::size_t offset = 0;
    const std::size_t stride =
        std::accumulate(step.bytes.begin(), step.bytes.end(), std::size_t{0});
    for (std::size_t part = 0; part < step.from.size(); ++part) {
      const std::size_t bytes = step.bytes[part];
      const std::uint8_t* from = data(step.from[part], first);
      std::uint8_t* to = data(step.to, first) + offset;
      for (std::size_t p = 0; p < step.pixels; ++p)
        std::memcpy(to + p * stride, from + p * bytes, bytes);
      offset += bytes;
    }
  }

  std::shared_ptr<const onednn::ExecutionPlan> plan_;
  Preprocessor input_;
  std::size_t image_bytes_;
  std::size_t classes_;
  torch::Tensor memory_;
  dnnl::stream stream_;
  std::vector<Call> calls_;
};

const char* instruction_set(dnnl::cpu_isa isa) {
  switch (isa) {
    case dnnl::cpu_isa::sse41:
      return "SSE4.1";
    case dnnl::cpu_isa::avx:
      return "AVX";
    case dnnl::cpu_isa::avx2:
    case dnnl::cpu_isa::avx2_vnni:
      return "AVX2";
    default:
      break;
  }
  return isa == dnnl::cpu_isa::all ? "any" : "AVX-512";
}

class OneDnnEngines : public EngineFactory {
 public:
  OneDnnEngines(LayerGraph layers, const Preprocessor& input, Precision precision)
      : layers_(std::move(layers)), input_(input), precision_(precision) {}

  std::string name() const override {
    const dnnl_version_t* v = dnnl_version();
    return fmt::format("oneDNN {}.{}.{}, {}", v->major, v->minor, v->patch,
                       instruction_set(dnnl::get_effective_cpu_isa()));
  }

  std::unique_ptr<ForwardEngine> make(int batch) override {
    return translate_onednn_errors([&] {
      const std::lock_guard<std::mutex> lock(mutex_);
      std::shared_ptr<const onednn::ExecutionPlan>& plan = plans_[batch];
      if (plan == nullptr)
        plan = std::make_shared<const onednn::ExecutionPlan>(
            onednn::plan_execution(layers_, batch, precision_, weights_));
      return std::make_unique<OneDnnEngine>(
          plan, input_, static_cast<std::size_t>(layers_.values[0].size()),
          layers_.values[static_cast<std::size_t>(layers_.output)].channels);
    });
  }

  std::unique_ptr<GradientEngine> make_gradient(int batch) override {
    return translate_onednn_errors([&] {
      const std::lock_guard<std::mutex> lock(mutex_);
      return onednn::make_gradient_engine(layers_, batch, input_, weights_);
    });
  }

 private:
  const LayerGraph layers_;
  Preprocessor input_;
  Precision precision_;
  std::mutex mutex_;
  onednn::PackedWeights weights_;
  std::map<int, std::shared_ptr<const onednn::ExecutionPlan>> plans_;  // by batch
};

}  // namespace

bool has_onednn() { return true; }

std::shared_ptr<EngineFactory> make_onednn_engines(LayerGraph layers, const Preprocessor& input,
                                                   Precision precision) {
  // Its activations make numbers of NaN, so that damage would go unnoticed.
  for (const Layer& layer : layers.layers) {
    for (const torch::Tensor& tensor : {layer.weight, layer.bias}) {
      if (tensor.defined() && !torch::isfinite(tensor).all().item<bool>()) {
        fail(ErrorKind::kModel, "oneDNN does not take weights that are not finite");
      }
    }
  }
  return std::make_shared<OneDnnEngines>(std::move(layers), input, precision);
}

}  // namespace fool

#else

namespace fool {

bool has_onednn() { return false; }

std::shared_ptr<EngineFactory> make_onednn_engines(LayerGraph layers, const Preprocessor& input,
                                                   Precision precision) {
  fail(ErrorKind::kModel, "this fool was built without oneDNN (Debian: libdnnl-dev)");
}

}  // namespace fool

#endif
