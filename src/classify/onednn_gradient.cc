#ifdef FOOL_WITH_ONEDNN

#include "classify/onednn_gradient.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fool::onednn {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;
using Calls = std::vector<std::function<void()>>;
using Arguments = std::unordered_map<int, memory>;

std::size_t at(int value) { return static_cast<std::size_t>(value); }

memory::dims two(const std::array<int, 2>& a) { return {a[0], a[1]}; }

void add(const float* from, std::size_t count, float* to) {
  for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
}

// Bounds are copied, so that the compiler knows that no result overwrites them, and vectorises.
void activate(const LayerActivation& f, std::size_t count, float* x) {
  const float low = f.low;
  const float high = f.high;
  if (f.kind == LayerActivation::Kind::kRelu) {
    for (std::size_t i = 0; i < count; ++i) x[i] = x[i] > 0.0F ? x[i] : x[i] * low;
  } else if (f.kind == LayerActivation::Kind::kClamp) {
    for (std::size_t i = 0; i < count; ++i) x[i] = std::min(std::max(x[i], low), high);
  }
}

// What y let through of the slope behind it; y is what the activation gave.
void pull_back(const LayerActivation& f, const float* y, std::size_t count, float* slope) {
  const float low = f.low;
  const float high = f.high;
  if (f.kind == LayerActivation::Kind::kRelu) {
    for (std::size_t i = 0; i < count; ++i) slope[i] *= y[i] > 0.0F ? 1.0F : low;
  } else if (f.kind == LayerActivation::Kind::kClamp) {
    for (std::size_t i = 0; i < count; ++i) {
      const float above = y[i] > low ? 1.0F : 0.0F;
      slope[i] *= y[i] < high ? above : 0.0F;
    }
  }
}

dnnl::primitive_attr own_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

// All values of a network for a few images, the slopes of the output by each of them, and the calls
// that compute both, bound to their places.
class OneDnnGradient : public GradientEngine {
 public:
  // batch: images that go through together; 0: one at a time, of batches of any size.
  OneDnnGradient(LayerGraph graph, int batch, const Preprocessor& input, PackedWeights& weights)
      : graph_(std::move(graph)),
        any_batch_(batch == 0),
        images_(any_batch_ ? 1 : batch),
        input_(input),
        weights_(weights),
        stream_(cpu()),
        reached_(graph_.values.size(), false) {
    allocate();
    for (const Layer& layer : graph_.layers) add_layer(layer);
    reached_[at(graph_.output)] = true;
    for (auto build = builders_.rbegin(); build != builders_.rend(); ++build) (*build)();
    builders_.clear();
    scratch_ = torch::empty({static_cast<std::int64_t>(scratch_bytes_)}, torch::kUInt8);
    for (memory& scratch : scratches_) scratch.set_data_handle(scratch_.data_ptr());
  }

  bool takes(int batch) const override { return any_batch_ || batch == images_; }

  void run(const ImageBatch& images, const SlopeOfOutputs& slope_of, Span<float> by_input,
           StageTimes& times) override {
    translate_onednn_errors([&] { run_all(images, slope_of, by_input, times); });
  }

 private:
  void run_all(const ImageBatch& images, const SlopeOfOutputs& slope_of, Span<float> by_input,
               StageTimes& times) {
    const std::size_t numbers = count(0);
    for (int first = 0; first < images.count(); first += images_) {
      const std::size_t begin = at(first) * numbers / at(images_);
      {
        const ScopedStage stage(times, Stage::kPreprocess);
        input_.forward(images.bytes().subspan(begin, numbers), {value(0), numbers});
      }
      const ScopedStage stage(times, Stage::kForward);
      for (const auto& step : forward_) step();
      const int out = graph_.output;
      slope_of(first, {value(out), count(out)}, {slope(out), count(out)});
      for (const auto& step : backward_) step();
      std::copy_n(slope(0), numbers, by_input.data() + begin);
    }
  }

  void allocate() {
    constexpr std::size_t kAligned = 16;  // numbers of a cache line
    std::size_t size = 0;
    std::size_t largest = 0;
    for (std::size_t v = 0; v < graph_.values.size(); ++v) {
      const std::size_t numbers = (count(static_cast<int>(v)) + kAligned - 1) / kAligned * kAligned;
      places_.push_back(size);
      size += 2 * numbers;
      slopes_.push_back(places_.back() + numbers);
      largest = std::max(largest, numbers);
    }
    memory_ = torch::zeros({static_cast<std::int64_t>(size + largest)});
    spare_ = memory_.data_ptr<float>() + size;
  }

  const ValueShape& shape(int v) const { return graph_.values[at(v)]; }
  std::size_t count(int v) const { return static_cast<std::size_t>(shape(v).size()) * at(images_); }
  float* value(int v) const { return memory_.data_ptr<float>() + places_[at(v)]; }
  float* slope(int v) const { return memory_.data_ptr<float>() + slopes_[at(v)]; }

  memory::desc desc(int v) const {
    const ValueShape& s = shape(v);
    return {{images_, s.channels, s.height, s.width}, Type::f32, Tag::nhwc};
  }
  memory::desc row_desc(int v) const { return {{images_, shape(v).channels}, Type::f32, Tag::nc}; }

  template <typename Primitive>
  void call(const typename Primitive::primitive_desc& pd, Arguments arguments, Calls& calls) {
    const memory::desc wanted = pd.scratchpad_desc();
    if (wanted.get_size() != 0) {
      scratch_bytes_ = std::max(scratch_bytes_, wanted.get_size());
      scratches_.emplace_back(wanted, cpu(), nullptr);
      arguments.emplace(DNNL_ARG_SCRATCHPAD, scratches_.back());
    }
    calls.push_back([this, primitive = Primitive(pd), arguments = std::move(arguments)] {
      primitive.execute(stream_, arguments);
    });
  }

  // Adds what a layer passes on to the slope of its input: write(to) makes the calls that compute
  // it.
  template <typename Write>
  void contribute(int v, Write write) {
    const bool first = !reached_[at(v)];
    reached_[at(v)] = true;
    write(first ? slope(v) : spare_);
    if (!first) backward_.push_back([this, v] { add(spare_, count(v), slope(v)); });
  }

  void add_layer(const Layer& layer) {
    if (layer.residual >= 0)
      copy(value(layer.residual), layer.output, value(layer.output), forward_);
    std::function<void()> build_backward;
    bool is_activated = false;
    switch (layer.kind) {
      case LayerKind::kConv:
        build_backward = convolution(layer);
        is_activated = true;
        break;
      case LayerKind::kLinear:
        build_backward = linear(layer);
        is_activated = true;
        break;
      case LayerKind::kMaxPool:
      case LayerKind::kAveragePool:
        build_backward = pooling(layer);
        break;
      case LayerKind::kResponseNorm:
        build_backward = response_norm(layer);
        break;
      case LayerKind::kSoftmax:
        build_backward = softmax(layer);
        break;
      case LayerKind::kConcat:
        build_backward = concat(layer);
        break;
      case LayerKind::kAdd:
      case LayerKind::kActivation:
      case LayerKind::kConvert:
        build_backward = sum(layer);
        break;
    }
    const bool activates = layer.activation.kind != LayerActivation::Kind::kNone;
    if (activates && !is_activated) {
      forward_.push_back(
          [this, &layer] { activate(layer.activation, count(layer.output), value(layer.output)); });
    }
    builders_.push_back([this, &layer, activates, build_backward] {
      const int out = layer.output;
      if (!reached_[at(out)]) return;  // nothing that counts depends on it
      if (activates) {
        backward_.push_back([this, &layer, out] {
          pull_back(layer.activation, value(out), count(out), slope(out));
        });
      }
      if (layer.residual >= 0) pass_on(out, layer.residual);
      build_backward();
    });
  }

  // As many numbers as `v` has.
  void copy(const float* from, int v, float* to, Calls& calls) const {
    calls.push_back([from, to, n = count(v)] { std::copy_n(from, n, to); });
  }

  void pass_on(int from, int to) {
    contribute(to, [&](float* place) { copy(slope(from), from, place, backward_); });
  }

  static dnnl::primitive_attr attributes(const Layer& layer) {
    dnnl::post_ops after;
    const LayerActivation& f = layer.activation;
    if (layer.residual >= 0) after.append_sum(1.0F);
    if (f.kind == LayerActivation::Kind::kRelu) {
      after.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, f.low, 0.0F);
    } else if (f.kind == LayerActivation::Kind::kClamp) {
      after.append_eltwise(1.0F, dnnl::algorithm::eltwise_clip, f.low, f.high);
    }
    dnnl::primitive_attr attributes = own_scratchpad();
    attributes.set_post_ops(after);
    return attributes;
  }

  memory bias(const Layer& layer) {
    const memory::dim n = layer.bias.size(0);
    return weights_.get(layer.bias, {n}, Tag::x, memory::desc({n}, Type::f32, Tag::x));
  }
  static memory::desc bias_desc(const Layer& layer) {
    if (!layer.bias.defined()) return {};
    return {{layer.bias.size(0)}, Type::f32, Tag::x};
  }

  std::function<void()> convolution(const Layer& layer) {
    const Window& w = layer.window;
    const auto& sizes = layer.weight.sizes();
    memory::dims dims(sizes.begin(), sizes.end());
    Tag plain = Tag::oihw;
    if (layer.groups > 1) {
      dims[0] /= layer.groups;
      dims.insert(dims.begin(), layer.groups);
      plain = Tag::goihw;
    }
    using Forward = dnnl::convolution_forward;
    using Backward = dnnl::convolution_backward_data;
    constexpr auto kDirect = dnnl::algorithm::convolution_direct;
    const int in = layer.inputs[0];
    const int out = layer.output;
    const memory::desc weights(dims, Type::f32, Tag::any);
    const memory::dims dilation{w.dilation[0] - 1, w.dilation[1] - 1};
    const auto describe = [=, &layer](dnnl::prop_kind kind) {
      return Forward::desc(kind, kDirect, desc(in), weights, bias_desc(layer), desc(out),
                           two(w.stride), dilation, two(w.before), two(w.after));
    };
    const Forward::primitive_desc pd(describe(dnnl::prop_kind::forward_inference),
                                     attributes(layer), cpu());
    Arguments arguments{
        {DNNL_ARG_SRC, {desc(in), cpu(), value(in)}},
        {DNNL_ARG_WEIGHTS, weights_.get(layer.weight, dims, plain, pd.weights_desc())},
        {DNNL_ARG_DST, {desc(out), cpu(), value(out)}}};
    if (layer.bias.defined()) arguments.emplace(DNNL_ARG_BIAS, bias(layer));
    call<Forward>(pd, std::move(arguments), forward_);
    return [=, &layer] {
      contribute(in, [&](float* to) {
        const Forward::primitive_desc hint(describe(dnnl::prop_kind::forward_training), cpu());
        const Backward::primitive_desc back(
            Backward::desc(kDirect, desc(in), weights, desc(out), two(w.stride), dilation,
                           two(w.before), two(w.after)),
            own_scratchpad(), cpu(), hint);
        call<Backward>(
            back,
            {{DNNL_ARG_DIFF_DST, {desc(out), cpu(), slope(out)}},
             {DNNL_ARG_WEIGHTS, weights_.get(layer.weight, dims, plain, back.weights_desc())},
             {DNNL_ARG_DIFF_SRC, {desc(in), cpu(), to}}},
            backward_);
      });
    };
  }

  std::function<void()> linear(const Layer& layer) {
    using Forward = dnnl::inner_product_forward;
    using Backward = dnnl::inner_product_backward_data;
    const auto& sizes = layer.weight.sizes();
    const memory::dims dims(sizes.begin(), sizes.end());
    const int in = layer.inputs[0];
    const int out = layer.output;
    const memory::desc weights(dims, Type::f32, Tag::any);
    const auto describe = [=, &layer](dnnl::prop_kind kind) {
      return Forward::desc(kind, desc(in), weights, bias_desc(layer), row_desc(out));
    };
    const Forward::primitive_desc pd(describe(dnnl::prop_kind::forward_inference),
                                     attributes(layer), cpu());
    Arguments arguments{
        {DNNL_ARG_SRC, {desc(in), cpu(), value(in)}},
        {DNNL_ARG_WEIGHTS, weights_.get(layer.weight, dims, Tag::oihw, pd.weights_desc())},
        {DNNL_ARG_DST, {row_desc(out), cpu(), value(out)}}};
    if (layer.bias.defined()) arguments.emplace(DNNL_ARG_BIAS, bias(layer));
    call<Forward>(pd, std::move(arguments), forward_);
    return [=, &layer] {
      contribute(in, [&](float* to) {
        const Forward::primitive_desc hint(describe(dnnl::prop_kind::forward_training), cpu());
        const Backward::primitive_desc back(Backward::desc(desc(in), weights, row_desc(out)),
                                            own_scratchpad(), cpu(), hint);
        call<Backward>(
            back,
            {{DNNL_ARG_DIFF_DST, {row_desc(out), cpu(), slope(out)}},
             {DNNL_ARG_WEIGHTS, weights_.get(layer.weight, dims, Tag::oihw, back.weights_desc())},
             {DNNL_ARG_DIFF_SRC, {desc(in), cpu(), to}}},
            backward_);
      });
    };
  }

  std::function<void()> pooling(const Layer& layer) {
    using Forward = dnnl::pooling_forward;
    using Backward = dnnl::pooling_backward;
    const Window& w = layer.window;
    const int in = layer.inputs[0];
    const int out = layer.output;
    const auto algorithm = layer.kind == LayerKind::kMaxPool ? dnnl::algorithm::pooling_max
                           : layer.counts_padding ? dnnl::algorithm::pooling_avg_include_padding
                                                  : dnnl::algorithm::pooling_avg_exclude_padding;
    const Forward::primitive_desc pd(
        Forward::desc(dnnl::prop_kind::forward_training, algorithm, desc(in), desc(out),
                      two(w.stride), two(w.size), two(w.before), two(w.after)),
        own_scratchpad(), cpu());
    const memory workspace =
        layer.kind == LayerKind::kMaxPool ? memory(pd.workspace_desc(), cpu()) : memory();
    Arguments arguments{{DNNL_ARG_SRC, {desc(in), cpu(), value(in)}},
                        {DNNL_ARG_DST, {desc(out), cpu(), value(out)}}};
    if (workspace) arguments.emplace(DNNL_ARG_WORKSPACE, workspace);
    call<Forward>(pd, std::move(arguments), forward_);
    return [=, &layer] {
      contribute(in, [&](float* to) {
        const Window& window = layer.window;
        const Backward::primitive_desc back(
            Backward::desc(algorithm, desc(in), desc(out), two(window.stride), two(window.size),
                           two(window.before), two(window.after)),
            own_scratchpad(), cpu(), pd);
        Arguments back_arguments{{DNNL_ARG_DIFF_DST, {desc(out), cpu(), slope(out)}},
                                 {DNNL_ARG_DIFF_SRC, {desc(in), cpu(), to}}};
        if (workspace) back_arguments.emplace(DNNL_ARG_WORKSPACE, workspace);
        call<Backward>(back, std::move(back_arguments), backward_);
      });
    };
  }

  std::function<void()> response_norm(const Layer& layer) {
    using Forward = dnnl::lrn_forward;
    using Backward = dnnl::lrn_backward;
    constexpr auto kAcross = dnnl::algorithm::lrn_across_channels;
    const auto& norm = layer.response_norm;
    const int in = layer.inputs[0];
    const int out = layer.output;
    const memory::desc place = desc(in);
    const Forward::primitive_desc pd(Forward::desc(dnnl::prop_kind::forward_training, kAcross,
                                                   place, norm.size, norm.alpha, norm.beta, norm.k),
                                     own_scratchpad(), cpu());
    const memory::desc kept = pd.workspace_desc();
    const memory workspace = kept.get_size() != 0 ? memory(kept, cpu()) : memory();
    Arguments arguments{{DNNL_ARG_SRC, {place, cpu(), value(in)}},
                        {DNNL_ARG_DST, {place, cpu(), value(out)}}};
    if (workspace) arguments.emplace(DNNL_ARG_WORKSPACE, workspace);
    call<Forward>(pd, std::move(arguments), forward_);
    return [=] {
      contribute(in, [&](float* to) {
        const Backward::primitive_desc back(
            Backward::desc(kAcross, place, place, norm.size, norm.alpha, norm.beta, norm.k),
            own_scratchpad(), cpu(), pd);
        Arguments back_arguments{{DNNL_ARG_SRC, {place, cpu(), value(in)}},
                                 {DNNL_ARG_DIFF_DST, {place, cpu(), slope(out)}},
                                 {DNNL_ARG_DIFF_SRC, {place, cpu(), to}}};
        if (workspace) back_arguments.emplace(DNNL_ARG_WORKSPACE, workspace);
        call<Backward>(back, std::move(back_arguments), backward_);
      });
    };
  }

  std::function<void()> softmax(const Layer& layer) {
    using Forward = dnnl::softmax_forward;
    using Backward = dnnl::softmax_backward;
    const int in = layer.inputs[0];
    const int out = layer.output;
    const memory::desc row = row_desc(out);
    const Forward::primitive_desc pd(Forward::desc(dnnl::prop_kind::forward_training, row, 1),
                                     own_scratchpad(), cpu());
    call<Forward>(
        pd, {{DNNL_ARG_SRC, {row, cpu(), value(in)}}, {DNNL_ARG_DST, {row, cpu(), value(out)}}},
        forward_);
    return [=] {
      contribute(in, [&](float* to) {
        const Backward::primitive_desc back(Backward::desc(row, row, 1), own_scratchpad(), cpu(),
                                            pd);
        call<Backward>(back,
                       {{DNNL_ARG_DST, {row, cpu(), value(out)}},
                        {DNNL_ARG_DIFF_DST, {row, cpu(), slope(out)}},
                        {DNNL_ARG_DIFF_SRC, {row, cpu(), to}}},
                       backward_);
      });
    };
  }

  // The inputs' channels side by side; backward, each input's share.
  std::function<void()> concat(const Layer& layer) {
    const int out = layer.output;
    const auto stride = at(shape(out).channels);
    const std::size_t pixels = count(out) / stride;
    std::size_t offset = 0;
    std::vector<std::size_t> offsets;
    for (const int in : layer.inputs) {
      const auto channels = at(shape(in).channels);
      forward_.push_back([=, from = value(in), to = value(out) + offset] {
        for (std::size_t p = 0; p < pixels; ++p)
          std::copy_n(from + p * channels, channels, to + p * stride);
      });
      offsets.push_back(offset);
      offset += channels;
    }
    return [=, &layer] {
      for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
        const auto channels = at(shape(layer.inputs[i]).channels);
        contribute(layer.inputs[i], [&](float* to) {
          backward_.push_back([=, from = slope(out) + offsets[i]] {
            for (std::size_t p = 0; p < pixels; ++p)
              std::copy_n(from + p * stride, channels, to + p * channels);
          });
        });
      }
    };
  }

  // Of one value or several.
  std::function<void()> sum(const Layer& layer) {
    const int out = layer.output;
    copy(value(layer.inputs[0]), out, value(out), forward_);
    for (std::size_t i = 1; i < layer.inputs.size(); ++i) {
      forward_.push_back(
          [this, out, from = value(layer.inputs[i])] { add(from, count(out), value(out)); });
    }
    return [=, &layer] {
      for (const int in : layer.inputs) pass_on(out, in);
    };
  }

  LayerGraph graph_;
  bool any_batch_;
  int images_;  // that go through together
  Preprocessor input_;
  PackedWeights& weights_;
  dnnl::stream stream_;
  std::vector<std::size_t> places_;  // by value, in numbers
  std::vector<std::size_t> slopes_;
  torch::Tensor memory_;
  float* spare_ = nullptr;  // room for any value's slope
  Calls forward_;
  Calls backward_;
  std::vector<std::function<void()>> builders_;  // of the layers' backward calls
  std::vector<bool> reached_;                    // by value: whether its slope has a part yet
  std::vector<memory> scratches_;
  std::size_t scratch_bytes_ = 0;
  torch::Tensor scratch_;
};

}  // namespace

std::unique_ptr<GradientEngine> make_gradient_engine(LayerGraph graph, int batch,
                                                     const Preprocessor& input,
                                                     PackedWeights& weights) {
  // One image at a time keeps the values in the caches. Large linear layers are nothing but their
  // weights, which are better read once for the whole batch.
  constexpr std::int64_t kLargeLinear = 4'000'000;
  const bool large = std::any_of(graph.layers.begin(), graph.layers.end(), [](const Layer& layer) {
    return layer.kind == LayerKind::kLinear && layer.weight.numel() > kLargeLinear;
  });
  return std::make_unique<OneDnnGradient>(std::move(graph), large ? batch : 0, input, weights);
}

}  // namespace fool::onednn

#endif
