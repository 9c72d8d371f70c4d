#ifdef FOOL_WITH_ONEDNN

#include "classify/onednn_plan.h"

#include <algorithm>
#include <utility>

namespace fool::onednn {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;

class Planner {
 public:
  Planner(LayerGraph graph, int batch, Precision precision, PackedWeights& weights)
      : graph_(std::move(graph)),
        batch_(batch),
        type_(precision == Precision::kFloat32 ? Type::f32 : Type::bf16),
        weights_(weights) {
    if (type_ != Type::f32) convert_input_and_output();
  }

  ExecutionPlan plan() {
    plan_.batch = batch_;
    plan_.output = graph_.output;
    plan_.memory = plan_memory(graph_, batch_, [&](int v) { return size_of(v); });
    for (const LayerSegment& segment : plan_.memory.segments) {
      std::vector<Step>& steps = plan_.steps.emplace_back();
      for (const int i : segment.layers) {
        add(graph_.layers[static_cast<std::size_t>(i)], segment.portion, steps);
      }
    }
    return std::move(plan_);
  }

 private:
  // What comes in and goes out is float32 all the same.
  void convert_input_and_output() {
    const int narrow_input = static_cast<int>(graph_.values.size());
    const ValueShape input = graph_.values[0];
    graph_.values.push_back(input);
    for (Layer& layer : graph_.layers) {
      std::replace(layer.inputs.begin(), layer.inputs.end(), 0, narrow_input);
      if (layer.residual == 0) layer.residual = narrow_input;
    }
    Layer in;
    in.kind = LayerKind::kConvert;
    in.inputs = {0};
    in.output = narrow_input;
    graph_.layers.insert(graph_.layers.begin(), in);
    Layer out;
    out.kind = LayerKind::kConvert;
    out.inputs = {graph_.output};
    out.output = static_cast<int>(graph_.values.size());
    const ValueShape output = shape(graph_.output);
    graph_.values.push_back(output);
    graph_.output = out.output;
    graph_.layers.push_back(out);
  }

  const ValueShape& shape(int v) const { return graph_.values[static_cast<std::size_t>(v)]; }
  Type type(int v) const { return v == 0 || v == graph_.output ? Type::f32 : type_; }
  std::size_t size_of(int v) const { return type(v) == Type::f32 ? 4 : 2; }

  memory::desc desc(int v, int images) const {
    const ValueShape& s = shape(v);
    return {{images, s.channels, s.height, s.width}, type(v), Tag::nhwc};
  }

  dnnl::primitive_attr attributes(const Layer& layer) {
    dnnl::post_ops after;
    if (layer.residual >= 0) after.append_sum(1.0F);
    switch (layer.activation.kind) {
      case LayerActivation::Kind::kNone:
        break;
      case LayerActivation::Kind::kRelu:
        after.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, layer.activation.low, 0.0F);
        break;
      case LayerActivation::Kind::kClamp:
        after.append_eltwise(1.0F, dnnl::algorithm::eltwise_clip, layer.activation.low,
                             layer.activation.high);
        break;
    }
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(after);
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
  }

  template <typename Primitive>
  void finish(Step& step, const typename Primitive::primitive_desc& pd) {
    step.primitive = Primitive(pd);
    const memory::desc scratch = pd.scratchpad_desc();
    if (scratch.get_size() != 0) {
      step.arguments.push_back({DNNL_ARG_SCRATCHPAD, Step::kScratch, scratch});
      plan_.scratch_bytes = std::max(plan_.scratch_bytes, scratch.get_size());
    }
  }

  void add_bias(Step& step, const Layer& layer) {
    if (!layer.bias.defined()) return;
    const memory::dim n = layer.bias.size(0);
    const memory::desc wanted({n}, Type::f32, Tag::x);
    step.constants.emplace_back(DNNL_ARG_BIAS, weights_.get(layer.bias, {n}, Tag::x, wanted));
  }

  // n: images of a portion.
  void add(const Layer& layer, int n, std::vector<Step>& steps) {
    // oneDNN adds to what it finds in the output's place.
    if (layer.residual >= 0 && !plan_.memory.same_place(layer.residual, layer.output)) {
      copy(layer.residual, layer.output, n, steps);
    }
    Step step;
    switch (layer.kind) {
      case LayerKind::kConv:
        convolution(layer, n, step);
        break;
      case LayerKind::kLinear:
        linear(layer, n, step);
        break;
      case LayerKind::kMaxPool:
      case LayerKind::kAveragePool:
        pooling(layer, n, step);
        break;
      case LayerKind::kResponseNorm:
        response_norm(layer, n, step);
        break;
      case LayerKind::kConcat:
        concat(layer, n, step);
        break;
      case LayerKind::kActivation:
        activation(layer, n, step);
        break;
      case LayerKind::kAdd:
        sum(layer, n, step);
        break;
      case LayerKind::kSoftmax:
        softmax(layer, n, step);
        break;
      case LayerKind::kConvert:
        convert(layer, n, step);
        break;
    }
    steps.push_back(std::move(step));
  }

  void copy(int from, int to, int n, std::vector<Step>& steps) {
    Step step;
    step.kind = Step::Kind::kJoin;
    step.from = {from};
    step.to = to;
    step.bytes = {plan_.memory.places[static_cast<std::size_t>(from)].bytes_per_image};
    step.pixels = static_cast<std::size_t>(n);
    steps.push_back(std::move(step));
  }

  void convolution(const Layer& layer, int n, Step& step) {
    const Window& w = layer.window;
    const auto& sizes = layer.weight.sizes();
    memory::dims dims(sizes.begin(), sizes.end());
    Tag plain = Tag::oihw;
    if (layer.groups > 1) {
      dims[0] /= layer.groups;
      dims.insert(dims.begin(), layer.groups);
      plain = Tag::goihw;
    }
    const auto as_dims = [](const std::array<int, 2>& a) { return memory::dims{a[0], a[1]}; };
    const memory::desc src = desc(layer.inputs[0], n);
    const memory::desc dst = desc(layer.output, n);
    const memory::desc weights(dims, type_, Tag::any);
    const memory::desc bias =
        layer.bias.defined() ? memory::desc({sizes[0]}, Type::f32, Tag::x) : memory::desc();
    memory::dims dilation{w.dilation[0] - 1, w.dilation[1] - 1};
    const dnnl::convolution_forward::desc op(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, src, weights, bias,
        dst, as_dims(w.stride), dilation, as_dims(w.before), as_dims(w.after));
    const dnnl::convolution_forward::primitive_desc pd(op, attributes(layer), cpu());
    finish<dnnl::convolution_forward>(step, pd);
    step.constants.emplace_back(DNNL_ARG_WEIGHTS,
                                weights_.get(layer.weight, dims, plain, pd.weights_desc()));
    add_bias(step, layer);
    step.arguments.push_back({DNNL_ARG_SRC, layer.inputs[0], src});
    step.arguments.push_back({DNNL_ARG_DST, layer.output, dst});
  }

  void linear(const Layer& layer, int n, Step& step) {
    const auto& sizes = layer.weight.sizes();
    const memory::dims dims(sizes.begin(), sizes.end());
    const memory::desc src = desc(layer.inputs[0], n);
    const memory::desc dst({n, sizes[0]}, type(layer.output), Tag::nc);
    const memory::desc weights(dims, type_, Tag::any);
    const memory::desc bias =
        layer.bias.defined() ? memory::desc({sizes[0]}, Type::f32, Tag::x) : memory::desc();
    const dnnl::inner_product_forward::desc op(dnnl::prop_kind::forward_inference, src, weights,
                                               bias, dst);
    const dnnl::inner_product_forward::primitive_desc pd(op, attributes(layer), cpu());
    finish<dnnl::inner_product_forward>(step, pd);
    step.constants.emplace_back(DNNL_ARG_WEIGHTS,
                                weights_.get(layer.weight, dims, Tag::oihw, pd.weights_desc()));
    add_bias(step, layer);
    step.arguments.push_back({DNNL_ARG_SRC, layer.inputs[0], src});
    step.arguments.push_back({DNNL_ARG_DST, layer.output, dst});
  }

  void pooling(const Layer& layer, int n, Step& step) {
    const Window& w = layer.window;
    const memory::desc src = desc(layer.inputs[0], n);
    const memory::desc dst = desc(layer.output, n);
    const auto algorithm = layer.kind == LayerKind::kMaxPool ? dnnl::algorithm::pooling_max
                           : layer.counts_padding ? dnnl::algorithm::pooling_avg_include_padding
                                                  : dnnl::algorithm::pooling_avg_exclude_padding;
    const auto as_dims = [](const std::array<int, 2>& a) { return memory::dims{a[0], a[1]}; };
    const dnnl::pooling_forward::desc op(dnnl::prop_kind::forward_inference, algorithm, src, dst,
                                         as_dims(w.stride), as_dims(w.size), as_dims(w.before),
                                         as_dims(w.after));
    const dnnl::pooling_forward::primitive_desc pd(op, attributes(layer), cpu());
    finish<dnnl::pooling_forward>(step, pd);
    step.arguments.push_back({DNNL_ARG_SRC, layer.inputs[0], src});
    step.arguments.push_back({DNNL_ARG_DST, layer.output, dst});
  }

  void response_norm(const Layer& layer, int n, Step& step) {
    const memory::desc at = desc(layer.inputs[0], n);
    const auto& norm = layer.response_norm;
    const dnnl::lrn_forward::desc op(dnnl::prop_kind::forward_inference,
                                     dnnl::algorithm::lrn_across_channels, at, norm.size,
                                     norm.alpha, norm.beta, norm.k);
    const dnnl::lrn_forward::primitive_desc pd(op, attributes(layer), cpu());
    finish<dnnl::lrn_forward>(step, pd);
    step.arguments.push_back({DNNL_ARG_SRC, layer.inputs[0], at});
    step.arguments.push_back({DNNL_ARG_DST, layer.output, at});
  }

  void activation(const Layer& layer, int n, Step& step) {
    const memory::desc at = desc(layer.inputs[0], n);
    const bool is_relu = layer.activation.kind == LayerActivation::Kind::kRelu;
    const dnnl::eltwise_forward::desc op(
        dnnl::prop_kind::forward_inference,
        is_relu ? dnnl::algorithm::eltwise_relu : dnnl::algorithm::eltwise_clip, at,
        layer.activation.low, layer.activation.high);
    dnnl::primitive_attr plain;
    plain.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const dnnl::eltwise_forward::primitive_desc pd(op, plain, cpu());
    finish<dnnl::eltwise_forward>(step, pd);
    step.arguments.push_back({DNNL_ARG_SRC, layer.inputs[0], at});
    step.arguments.push_back({DNNL_ARG_DST, layer.output, at});
  }

  void sum(const Layer& layer, int n, Step& step) {
    const memory::desc at = desc(layer.inputs[0], n);
    const dnnl::binary::desc op(dnnl::algorithm::binary_add, at, at, at);
    const dnnl::binary::primitive_desc pd(op, attributes(layer), cpu());
    finish<dnnl::binary>(step, pd);
    step.arguments.push_back({DNNL_ARG_SRC_0, layer.inputs[0], at});
    step.arguments.push_back({DNNL_ARG_SRC_1, layer.inputs[1], at});
    step.arguments.push_back({DNNL_ARG_DST, layer.output, at});
  }

  void softmax(const Layer& layer, int n, Step& step) {
    const memory::desc at({n, shape(layer.output).channels}, type_, Tag::nc);
    const dnnl::softmax_forward::desc op(dnnl::prop_kind::forward_inference, at, 1);
    const dnnl::softmax_forward::primitive_desc pd(op, attributes(layer), cpu());
    finish<dnnl::softmax_forward>(step, pd);
    step.arguments.push_back({DNNL_ARG_SRC, layer.inputs[0], at});
    step.arguments.push_back({DNNL_ARG_DST, layer.output, at});
  }

  void convert(const Layer& layer, int n, Step& step) {
    const memory::desc src = desc(layer.inputs[0], n);
    const memory::desc dst = desc(layer.output, n);
    dnnl::primitive_attr plain;
    plain.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    finish<dnnl::reorder>(step, {cpu(), src, cpu(), dst, plain});
    step.arguments.push_back({DNNL_ARG_FROM, layer.inputs[0], src});
    step.arguments.push_back({DNNL_ARG_TO, layer.output, dst});
  }

  void concat(const Layer& layer, int n, Step& step) {
    step.kind = Step::Kind::kJoin;
    step.from = layer.inputs;
    step.to = layer.output;
    const ValueShape& out = shape(layer.output);
    step.pixels = static_cast<std::size_t>(n) * static_cast<std::size_t>(out.height) *
                  static_cast<std::size_t>(out.width);
    for (const int v : layer.inputs)
      step.bytes.push_back(static_cast<std::size_t>(shape(v).channels) * size_of(v));
  }

  LayerGraph graph_;
  int batch_;
  Type type_;
  PackedWeights& weights_;
  ExecutionPlan plan_;
};

}  // namespace

dnnl::engine& cpu() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

memory PackedWeights::get(const torch::Tensor& tensor, const memory::dims& dims,
                          memory::format_tag tag, const memory::desc& wanted) {
  for (const Entry& entry : entries_) {
    if (entry.tensor.is_same(tensor) && entry.packed.get_desc() == wanted) return entry.packed;
  }
  const torch::Tensor plain = tensor.to(torch::kFloat32).contiguous();
  memory from({dims, Type::f32, tag}, cpu(), plain.data_ptr<float>());
  memory to(wanted, cpu());
  dnnl::stream stream(cpu());
  dnnl::reorder(from, to).execute(stream, from, to);
  stream.wait();
  entries_.push_back({tensor, to});
  return to;
}

ExecutionPlan plan_execution(LayerGraph graph, int batch, Precision precision,
                             PackedWeights& weights) {
  return Planner(std::move(graph), batch, precision, weights).plan();
}

}  // namespace fool::onednn

#endif
