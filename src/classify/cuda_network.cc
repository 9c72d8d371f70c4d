// Runs a LayerGraph with LibTorch's CUDA operations, cuDNN's convolutions with bias, sum and
// activation fused into them, in memory "channels last": what tensor cores are fastest with. A run
// is captured once as a CUDA graph, so that a block costs the host one call.
#include "classify/cuda_network.h"

#ifdef FOOL_WITH_CUDA

#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>
#include <vector>

#include "classify/graph_network.h"
#include "classify/preprocess.h"
#include "classify/torch_errors.h"
#include "cuda/kernels.h"
#include "cuda/runtime.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"

namespace fool {
namespace {

constexpr auto kChannelsLast = torch::MemoryFormat::ChannelsLast;

cuda::NumberType number_type(torch::ScalarType type) {
  if (type == torch::kHalf) return cuda::NumberType::kFloat16;
  return type == torch::kBFloat16 ? cuda::NumberType::kBFloat16 : cuda::NumberType::kFloat32;
}

torch::ScalarType scalar_type(const std::string& precision) {
  if (precision == "float16") return torch::kHalf;
  return precision == "bfloat16" ? torch::kBFloat16 : torch::kFloat32;
}

// Results must not depend on what else runs, nor float32 be less than it says.
void choose_exact_algorithms() {
  static std::once_flag once;
  std::call_once(once, [] {
    at::globalContext().setBenchmarkCuDNN(false);
    at::globalContext().setDeterministicCuDNN(true);
    at::globalContext().setAllowTF32CuDNN(false);
    at::globalContext().setAllowTF32CuBLAS(false);
  });
}

bool same_windows(const Window& a, const Window& b) {
  return a.stride == b.stride && a.dilation == b.dilation;
}

// Convolutions side by side whose outputs are joined at once, as in a fire module, become a single
// one: the smaller kernels are set into zeros of the largest's size. That costs some arithmetic, of
// which tensor cores have plenty, and saves writing and reading everything once more.
class Merger {
 public:
  explicit Merger(LayerGraph* graph) : graph_(*graph) {}

  void merge() {
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      if (graph_.layers[i].kind == LayerKind::kConcat) try_merge(i);
    }
    auto& layers = graph_.layers;
    layers.erase(
        std::remove_if(layers.begin(), layers.end(), [](const Layer& l) { return l.output < 0; }),
        layers.end());
  }

 private:
  Layer* maker_of(int value) {
    for (Layer& layer : graph_.layers) {
      if (layer.output == value) return &layer;
    }
    return nullptr;
  }

  int readers_of(int value) const {
    int readers = graph_.output == value ? 1 : 0;
    for (const Layer& layer : graph_.layers) {
      readers += static_cast<int>(std::count(layer.inputs.begin(), layer.inputs.end(), value));
      readers += layer.residual == value ? 1 : 0;
    }
    return readers;
  }

  void try_merge(std::size_t concat) {
    std::vector<Layer*> parts;
    for (const int value : graph_.layers[concat].inputs) {
      Layer* part = maker_of(value);
      if (part == nullptr || part->kind != LayerKind::kConv || readers_of(value) != 1) return;
      parts.push_back(part);
    }
    const Layer& first = *parts.front();
    const auto area = [](const Layer* l) { return l->window.size[0] * l->window.size[1]; };
    const Layer& largest =
        **std::max_element(parts.begin(), parts.end(),
                           [&](const Layer* a, const Layer* b) { return area(a) < area(b); });
    std::int64_t separate = 0;
    std::int64_t merged = 0;
    for (const Layer* part : parts) {
      for (std::size_t d = 0; d < 2; ++d) {
        const int inset = largest.window.before[d] - part->window.before[d];
        if (inset < 0 || inset + part->window.size[d] > largest.window.size[d]) return;
        if (part->window.dilation[d] != 1) return;
      }
      if (part->inputs != first.inputs || part->groups != 1 || part->residual >= 0 ||
          !same_windows(part->window, first.window) ||
          part->bias.defined() != first.bias.defined() ||
          part->activation.kind != first.activation.kind ||
          part->activation.low != first.activation.low ||
          part->activation.high != first.activation.high) {
        return;
      }
      separate += part->weight.size(0) * area(part);
      merged += part->weight.size(0) * area(&largest);
    }
    if (merged > 2 * separate) return;

    std::vector<torch::Tensor> weights;
    std::vector<torch::Tensor> biases;
    for (const Layer* part : parts) {
      const int top = largest.window.before[0] - part->window.before[0];
      const int left = largest.window.before[1] - part->window.before[1];
      weights.push_back(torch::constant_pad_nd(
          part->weight, {left, largest.window.size[1] - part->window.size[1] - left, top,
                         largest.window.size[0] - part->window.size[0] - top}));
      if (part->bias.defined()) biases.push_back(part->bias);
    }
    Layer joined = largest;
    joined.weight = torch::cat(weights, 0);
    if (!biases.empty()) joined.bias = torch::cat(biases, 0);
    joined.output = graph_.layers[concat].output;
    for (Layer* part : parts) part->output = -1;
    graph_.layers[concat] = std::move(joined);
  }

  LayerGraph& graph_;
};

class CudaNetwork {
 public:
  CudaNetwork(LayerGraph layers, torch::ScalarType type, int device)
      : graph_(std::move(layers)),
        type_(type),
        device_(torch::kCUDA, static_cast<c10::DeviceIndex>(device)) {
    const torch::NoGradGuard no_gradient;
    if (type_ != torch::kFloat32) Merger(&graph_).merge();
    for (Layer& layer : graph_.layers) {
      if (layer.kind == LayerKind::kLinear) {
        // Pixels keep their channels together, and so must the weights.
        layer.weight = layer.weight.permute({0, 2, 3, 1}).reshape({layer.weight.size(0), -1});
      }
      if (layer.weight.defined()) layer.weight = there(layer.weight);
      if (layer.kind == LayerKind::kConv) layer.weight = layer.weight.contiguous(kChannelsLast);
      // The fused operations take a bias always.
      if (layer.weight.defined() && !layer.bias.defined())
        layer.bias = torch::zeros({layer.weight.size(0)});
      if (layer.bias.defined()) layer.bias = there(layer.bias);
    }
    last_use_.assign(graph_.values.size(), 0);
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      const Layer& layer = graph_.layers[i];
      for (const int v : layer.inputs) last_use_[at(v)] = i;
      if (layer.residual >= 0) last_use_[at(layer.residual)] = i;
    }
  }

  const ValueShape& input_shape() const { return graph_.values.front(); }
  torch::ScalarType type() const { return type_; }
  torch::Device device() const { return device_; }

  // input: [B, C, H, W] on the device, in its type -> [B, K].
  torch::Tensor forward(const torch::Tensor& input, cudaStream_t stream) const {
    std::vector<torch::Tensor> values(graph_.values.size());
    values[0] = input;
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      const Layer& layer = graph_.layers[i];
      values[at(layer.output)] = run(layer, values, stream);
      // What nobody reads any more makes room for what comes.
      for (const int v : layer.inputs) release(v, i, &values);
      if (layer.residual >= 0) release(layer.residual, i, &values);
    }
    return values[at(graph_.output)].flatten(1).contiguous();
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  torch::Tensor there(const torch::Tensor& tensor) const {
    return tensor.detach().to(device_, type_).contiguous();
  }

  void release(int v, std::size_t layer, std::vector<torch::Tensor>* values) const {
    if (last_use_[at(v)] == layer && v != graph_.output) (*values)[at(v)] = torch::Tensor();
  }

  torch::Tensor run(const Layer& layer, const std::vector<torch::Tensor>& values,
                    cudaStream_t stream) const {
    const torch::Tensor& x = values[at(layer.inputs[0])];
    switch (layer.kind) {
      case LayerKind::kConv:
        return convolution(layer, x, values);
      case LayerKind::kLinear:
        return linear(layer, x, values);
      case LayerKind::kMaxPool:
        return max_pool(layer, x, stream);
      case LayerKind::kAveragePool:
        return average_pool(layer, x);
      case LayerKind::kResponseNorm:
        return response_norm(layer, x);
      case LayerKind::kAdd:
        return activated(layer, x + values[at(layer.inputs[1])]);
      case LayerKind::kConcat: {
        std::vector<torch::Tensor> parts;
        for (const int v : layer.inputs) parts.push_back(values[at(v)]);
        return torch::cat(parts, 1);
      }
      case LayerKind::kActivation:
        return activated(layer, x.clone());
      case LayerKind::kSoftmax:
        return torch::softmax(x.to(torch::kFloat32), 1);
      case LayerKind::kConvert:
        break;
    }
    return x;
  }

  // x is nobody else's.
  static torch::Tensor activated(const Layer& layer, torch::Tensor x) {
    const LayerActivation& f = layer.activation;
    switch (f.kind) {
      case LayerActivation::Kind::kRelu:
        return f.low == 0.0F ? x.relu_() : torch::leaky_relu_(x, f.low);
      case LayerActivation::Kind::kClamp:
        return x.clamp_(f.low, f.high);
      case LayerActivation::Kind::kNone:
        break;
    }
    return x;
  }

  static bool is_relu(const Layer& layer) {
    return layer.activation.kind == LayerActivation::Kind::kRelu && layer.activation.low == 0.0F;
  }

  static std::array<std::int64_t, 2> wide(const std::array<int, 2>& a) { return {a[0], a[1]}; }

  torch::Tensor convolution(const Layer& layer, torch::Tensor x,
                            const std::vector<torch::Tensor>& values) const {
    const Window& w = layer.window;
    std::array<std::int64_t, 2> padding = wide(w.before);
    if (w.before != w.after) {
      x = torch::constant_pad_nd(x, {w.before[1], w.after[1], w.before[0], w.after[0]})
              .contiguous(kChannelsLast);
      padding = {0, 0};
    }
    const auto stride = wide(w.stride);
    const auto dilation = wide(w.dilation);
    if (is_relu(layer) && layer.groups == 1) {
      if (layer.residual >= 0) {
        return at::cudnn_convolution_add_relu(x, layer.weight, values[at(layer.residual)], 1.0,
                                              layer.bias, stride, padding, dilation, 1);
      }
      return at::cudnn_convolution_relu(x, layer.weight, layer.bias, stride, padding, dilation, 1);
    }
    torch::Tensor y =
        torch::conv2d(x, layer.weight, layer.bias, stride, padding, dilation, layer.groups);
    if (layer.residual >= 0) y += values[at(layer.residual)];
    return activated(layer, y);
  }

  torch::Tensor linear(const Layer& layer, const torch::Tensor& x,
                       const std::vector<torch::Tensor>& values) const {
    const torch::Tensor rows = x.permute({0, 2, 3, 1}).reshape({x.size(0), -1});
    torch::Tensor y;
    if (is_relu(layer) && layer.residual < 0) {
      y = at::_addmm_activation(layer.bias, rows, layer.weight.t());
    } else {
      y = torch::addmm(layer.bias, rows, layer.weight.t());
    }
    y = y.view({x.size(0), -1, 1, 1});
    if (is_relu(layer) && layer.residual < 0) return y;
    if (layer.residual >= 0) y += values[at(layer.residual)];
    return activated(layer, y);
  }

  torch::Tensor max_pool(const Layer& layer, const torch::Tensor& x, cudaStream_t stream) const {
    const Window& w = layer.window;
    const ValueShape& out = graph_.values[at(layer.output)];
    const bool square =
        w.size[0] == w.size[1] && w.stride[0] == w.stride[1] && w.before[0] == w.before[1];
    if (!square || x.size(1) % cuda::vector_channels(number_type(type_)) != 0 ||
        !x.is_contiguous(kChannelsLast)) {
      return fool::max_pool(w, x);
    }
    torch::Tensor y = torch::empty({x.size(0), x.size(1), out.height, out.width},
                                   x.options().memory_format(kChannelsLast));
    const auto size = [&](int d) { return static_cast<int>(x.size(d)); };
    const cuda::Pooling pooling{size(0),   size(2),   size(3),     size(1),    out.height,
                                out.width, w.size[0], w.stride[0], w.before[0]};
    cuda::check(cuda::max_pool(pooling, x.data_ptr(), number_type(type_), y.data_ptr(), stream),
                "pooling");
    return y;
  }

  // The mean of a whole image is mostly the network's last word: in full precision.
  torch::Tensor average_pool(const Layer& layer, const torch::Tensor& x) const {
    const Window& w = layer.window;
    if (w.size[0] == x.size(2) && w.size[1] == x.size(3)) {
      const bool is_last = layer.output == graph_.output;
      return torch::mean(x, {2, 3}, /*keepdim=*/true, is_last ? torch::kFloat32 : type_);
    }
    return torch::avg_pool2d(x, wide(w.size), wide(w.stride), wide(w.before), false,
                             layer.counts_padding);
  }

  torch::Tensor response_norm(const Layer& layer, const torch::Tensor& x) const {
    const auto& norm = layer.response_norm;
    const torch::Tensor exact = x.to(torch::kFloat32);
    const int before = norm.size / 2;
    const torch::Tensor squares =
        torch::constant_pad_nd(exact.square(), {0, 0, 0, 0, before, norm.size - 1 - before});
    torch::Tensor sum = squares.narrow(1, 0, x.size(1)).clone();
    for (int i = 1; i < norm.size; ++i) sum += squares.narrow(1, i, x.size(1));
    const torch::Tensor divisor =
        (sum * (norm.alpha / static_cast<float>(norm.size)) + norm.k).pow(norm.beta);
    return (exact / divisor).to(type_).contiguous(kChannelsLast);
  }

  LayerGraph graph_;
  torch::ScalarType type_;
  torch::Device device_;
  std::vector<std::size_t> last_use_;
};

// What a card says of input and output, in the device's memory.
struct InputAndOutput {
  std::vector<float> tables;  // [C][256], in the network's order of channels
  OutputKind output = OutputKind::kLogits;
  int classes = 0;
};

class CudaForward : public DeviceForward {
 public:
  CudaForward(std::shared_ptr<const CudaNetwork> network, const InputAndOutput& card,
              const std::string& name, const cuda::DeviceImages& images, int batch,
              DeviceCrops crops, const cuda::Stream& stream)
      : network_(std::move(network)),
        name_(name),
        images_(images),
        batch_(batch),
        crops_(std::move(crops)),
        classes_(card.classes),
        kind_(card.output == OutputKind::kProbabilities ? cuda::RowKind::kProbabilities
                                                        : cuda::RowKind::kLogits),
        stream_(c10::cuda::getStreamFromExternal(stream.get(), network_->device().index())) {
    translate_torch_errors(name_, [&] {
      const c10::cuda::CUDAGuard device(network_->device());
      const c10::cuda::CUDAStreamGuard on_stream(stream_);
      const c10::InferenceMode no_gradient;
      const auto options = torch::TensorOptions().device(network_->device());
      table_ = torch::tensor(card.tables).to(network_->device());
      probabilities_ = torch::empty({batch_, classes_}, options.dtype(torch::kFloat32));
      if (crops_.size() > 1) {
        sums_ = torch::empty({batch_, classes_}, options.dtype(torch::kFloat64));
      }
      // The first runs choose algorithms and load them, which cannot be captured.
      for (int i = 0; i < 2; ++i) run();
      stream.wait();
      graph_.capture_begin();
      run();
      graph_.capture_end();
      stream.wait();
    });
  }

  void enqueue() override {
    translate_torch_errors(name_, [&] {
      const c10::cuda::CUDAStreamGuard on_stream(stream_);
      graph_.replay();
    });
  }

  const float* probabilities() const override { return probabilities_.data_ptr<float>(); }

 private:
  void run() {
    const ValueShape& in = network_->input_shape();
    const auto parts = static_cast<int>(crops_.size());
    for (int part = 0; part < parts; ++part) {
      const cuda::NumberType type = number_type(network_->type());
      const torch::Tensor input = torch::empty({batch_, in.channels, in.height, in.width},
                                               torch::TensorOptions()
                                                   .device(network_->device())
                                                   .dtype(network_->type())
                                                   .memory_format(kChannelsLast));
      cuda::check(cuda::make_input(images_, batch_, crops_[static_cast<std::size_t>(part)],
                                   table_.data_ptr<float>(), type, input.data_ptr(), stream_),
                  "preparing a network's input");
      const torch::Tensor output = network_->forward(input, stream_);
      if (output.dim() != 2 || output.size(0) != batch_ || output.size(1) != classes_) {
        fail(ErrorKind::kInternal, "{}: the network gave [{}]", name_,
             fmt::join(output.sizes(), ", "));
      }
      cuda::check(cuda::to_probabilities(kind_, output.data_ptr(),
                                         number_type(output.scalar_type()), batch_, classes_,
                                         sums_.defined() ? sums_.data_ptr<double>() : nullptr, part,
                                         parts, probabilities_.data_ptr<float>(), stream_),
                  "computing probabilities");
    }
  }

  std::shared_ptr<const CudaNetwork> network_;
  std::string name_;
  cuda::DeviceImages images_;
  int batch_;
  DeviceCrops crops_;
  int classes_;
  cuda::RowKind kind_;
  c10::cuda::CUDAStream stream_;
  torch::Tensor table_;
  torch::Tensor sums_;
  torch::Tensor probabilities_;
  at::cuda::CUDAGraph graph_;
};

class CudaDeviceNetwork : public DeviceNetwork {
 public:
  CudaDeviceNetwork(LayerGraph layers, const ModelSpec& spec, torch::ScalarType type, int device)
      : name_(spec.name),
        network_(std::make_shared<const CudaNetwork>(std::move(layers), type, device)) {
    // What the host would make of every byte.
    constexpr std::size_t kBytes = 256;
    const auto channels = static_cast<std::size_t>(spec.input.shape().channels);
    std::vector<std::uint8_t> pixels(kBytes * channels);
    for (std::size_t i = 0; i < pixels.size(); ++i)
      pixels[i] = static_cast<std::uint8_t>(i / channels);
    std::vector<float> numbers(pixels.size());
    Preprocessor(spec.input).forward(pixels, numbers);
    card_.tables.resize(numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i)
      card_.tables[i % channels * kBytes + i / channels] = numbers[i];
    card_.output = spec.output;
    card_.classes = spec.classes;
  }

  std::unique_ptr<DeviceForward> make(const cuda::DeviceImages& images, int batch,
                                      const DeviceCrops& crops,
                                      const cuda::Stream& stream) override {
    return std::make_unique<CudaForward>(network_, card_, name_, images, batch, crops, stream);
  }

 private:
  std::string name_;
  InputAndOutput card_;
  std::shared_ptr<const CudaNetwork> network_;
};

}  // namespace

std::shared_ptr<DeviceNetwork> make_device_network(LayerGraph layers, const ModelSpec& spec,
                                                   const std::string& precision, int device) {
  cuda::expect_device(device);
  choose_exact_algorithms();
  return translate_torch_errors(spec.name, [&] {
    const c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(device));
    return std::make_shared<CudaDeviceNetwork>(std::move(layers), spec, scalar_type(precision),
                                               device);
  });
}

std::string device_library(int device) {
  return fmt::format("{}, cuDNN {}", cuda::device_description(device),
                     at::detail::getCUDAHooks().versionCuDNN());
}

}  // namespace fool

#endif
