// Runs a LayerGraph with oneDNN's primitives. All values lie in memory as images do, the channels
// of a pixel together: what oneDNN's matrix-product convolutions are fastest with, and what needs
// no conversion between layers.
#include "classify/forward_engine.h"
#include "fool/core/error.h"

#ifdef FOOL_WITH_ONEDNN

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <numeric>
#include <oneapi/dnnl/dnnl.hpp>
#include <utility>
#include <vector>

namespace fool {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;

template <typename Action>
auto translate_onednn_errors(Action&& action) {
  try {
    return action();
  } catch (const dnnl::error& e) {
    fail(ErrorKind::kModel, "oneDNN: {}", e.what());
  }
}

dnnl::engine& cpu() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

// A call of one primitive. Arguments that lie in a worker's memory are named by value; the others
// are constants.
struct Step {
  static constexpr int kScratch = -1;
  struct Argument {
    int argument;
    int value;  // or kScratch
    memory::desc desc;
  };
  enum class Kind { kPrimitive, kJoin };

  Kind kind = Kind::kPrimitive;
  dnnl::primitive primitive;
  std::vector<Argument> arguments;
  std::vector<std::pair<int, memory>> constants;
  // kJoin: the pixels of several values side by side; of one value, a copy.
  std::vector<int> from;
  std::vector<std::size_t> bytes;  // of a pixel, of each in `from`
  int to = 0;
  std::size_t pixels = 0;
};

// Consecutive steps that a portion of the batch goes through before the next portion does.
struct Segment {
  int portion = 1;
  std::vector<Step> steps;
};

// Where a value lies in a worker's memory.
struct Place {
  std::size_t offset = 0;
  std::size_t bytes_per_image = 0;
  bool of_batch = false;  // of all images, because several segments see it; or of a portion
};

// Everything that workers share.
struct Plan {
  int batch = 0;
  std::vector<Segment> segments;
  std::vector<Place> places;
  std::size_t bytes = 0;          // of a worker's memory
  std::size_t scratch_bytes = 0;  // of it, for the primitives' own use, at its end
  int output = 0;
};

// Weights in the layouts that primitives ask for, each packed once for all workers and batches.
class PackedWeights {
 public:
  memory get(const torch::Tensor& tensor, const memory::dims& dims, Tag tag,
             const memory::desc& wanted) {
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

 private:
  struct Entry {
    torch::Tensor tensor;
    memory packed;
  };
  std::vector<Entry> entries_;
};

// What a layer reads and writes beyond this many bytes an image slows down, as it falls out of a
// core's own cache. A fixed number, not the machine's: portions can change last bits.
constexpr std::int64_t kPortionBytes = 1 << 20;

class Planner {
 public:
  Planner(LayerGraph graph, int batch, Precision precision, PackedWeights& weights)
      : graph_(std::move(graph)),
        batch_(batch),
        type_(precision == Precision::kFloat32 ? Type::f32 : Type::bf16),
        weights_(weights) {
    if (type_ != Type::f32) convert_input_and_output();
  }

  Plan plan() {
    plan_.batch = batch_;
    plan_.output = graph_.output;
    plan_.places.resize(graph_.values.size());
    cut_into_segments();
    place_values();
    for (std::size_t s = 0; s < segment_layers_.size(); ++s) {
      for (const int i : segment_layers_[s]) {
        add(graph_.layers[static_cast<std::size_t>(i)], plan_.segments[s]);
      }
    }
    plan_.scratch_bytes = scratch_;
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

  // Layers of images in small portions, then those of vectors, whose weights are many and should
  // be read as seldom as possible, for the whole batch at once.
  void cut_into_segments() {
    std::int64_t largest = 0;
    std::vector<int> images;
    std::vector<int> vectors;
    for (int i = 0; i < static_cast<int>(graph_.layers.size()); ++i) {
      const Layer& layer = graph_.layers[static_cast<std::size_t>(i)];
      if (layer.kind == LayerKind::kLinear || !vectors.empty()) {
        vectors.push_back(i);
        continue;
      }
      images.push_back(i);
      std::int64_t numbers = shape(layer.output).size();
      for (const int v : layer.inputs) numbers += shape(v).size();
      largest = std::max(largest, numbers * 4);
    }
    int portion = std::clamp<int>(
        static_cast<int>(kPortionBytes / std::max<std::int64_t>(largest, 1)), 1, batch_);
    while (batch_ % portion != 0) --portion;
    if (!images.empty()) {
      plan_.segments.push_back({portion, {}});
      segment_layers_.push_back(images);
    }
    if (!vectors.empty()) {
      plan_.segments.push_back({batch_, {}});
      segment_layers_.push_back(vectors);
    }
  }

  // First fit over the values' lifetimes, counted in layers.
  void place_values() {
    const std::size_t count = graph_.values.size();
    std::vector<int> birth(count, -1);
    std::vector<int> death(count, -1);
    std::vector<int> first_segment(count, -1);
    std::vector<int> last_segment(count, -1);
    std::vector<std::pair<int, int>> segment_range;
    int time = 0;
    const auto touch = [&](int v, int segment) {
      const auto i = static_cast<std::size_t>(v);
      if (birth[i] < 0) {
        birth[i] = time;
        first_segment[i] = segment;
      }
      death[i] = time;
      last_segment[i] = segment;
    };
    touch(0, 0);
    for (int s = 0; s < static_cast<int>(segment_layers_.size()); ++s) {
      const int begin = time;
      for (const int i : segment_layers_[static_cast<std::size_t>(s)]) {
        const Layer& layer = graph_.layers[static_cast<std::size_t>(i)];
        for (const int v : layer.inputs) touch(v, s);
        if (layer.residual >= 0) touch(layer.residual, s);
        touch(layer.output, s);
        ++time;
      }
      segment_range.emplace_back(begin, time);
    }
    last_segment[static_cast<std::size_t>(graph_.output)] =
        static_cast<int>(segment_layers_.size());
    death[static_cast<std::size_t>(graph_.output)] = time;

    std::vector<int> summand(count, -1);  // value in whose place a value may be computed
    for (const Layer& layer : graph_.layers) {
      if (layer.residual < 0) continue;
      const auto from = static_cast<std::size_t>(layer.residual);
      const auto to = static_cast<std::size_t>(layer.output);
      if (death[from] == birth[to] && first_segment[from] == last_segment[from] &&
          first_segment[to] == last_segment[to] && layer.inputs[0] != layer.residual) {
        summand[to] = layer.residual;
      }
    }

    struct Block {
      std::size_t offset, bytes;
      int birth, death;
    };
    std::vector<Block> blocks;
    std::vector<int> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return birth[static_cast<std::size_t>(a)] < birth[static_cast<std::size_t>(b)];
    });
    for (const int v : order) {
      const auto i = static_cast<std::size_t>(v);
      if (birth[i] < 0) continue;  // never used, as what was only padded
      Place& place = plan_.places[i];
      place.bytes_per_image = static_cast<std::size_t>(shape(v).size()) * size_of(v);
      if (summand[i] >= 0) {
        place.offset = plan_.places[static_cast<std::size_t>(summand[i])].offset;
        for (Block& block : blocks) {
          if (block.offset == place.offset && block.death == birth[i]) block.death = death[i];
        }
        continue;
      }
      place.of_batch = first_segment[i] != last_segment[i];
      int from = birth[i];
      int to = death[i];
      if (place.of_batch) {  // its segments run again and again while it fills
        from = segment_range[static_cast<std::size_t>(first_segment[i])].first;
        to = last_segment[i] < static_cast<int>(segment_range.size())
                 ? segment_range[static_cast<std::size_t>(last_segment[i])].second
                 : time;
      }
      const int images = place.of_batch
                             ? batch_
                             : plan_.segments[static_cast<std::size_t>(first_segment[i])].portion;
      const std::size_t bytes =
          (place.bytes_per_image * static_cast<std::size_t>(images) + 63) / 64 * 64;
      std::sort(blocks.begin(), blocks.end(),
                [](const Block& a, const Block& b) { return a.offset < b.offset; });
      std::size_t offset = 0;
      for (const Block& block : blocks) {
        if (block.death < from || block.birth > to) continue;
        if (block.offset >= offset + bytes) break;
        offset = std::max(offset, block.offset + block.bytes);
      }
      place.offset = offset;
      blocks.push_back({offset, bytes, from, to});
      plan_.bytes = std::max(plan_.bytes, offset + bytes);
    }
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
      case Activation2d::Kind::kNone:
        break;
      case Activation2d::Kind::kRelu:
        after.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, layer.activation.low, 0.0F);
        break;
      case Activation2d::Kind::kClamp:
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
      scratch_ = std::max(scratch_, scratch.get_size());
    }
  }

  void add_bias(Step& step, const Layer& layer) {
    if (!layer.bias.defined()) return;
    const memory::dim n = layer.bias.size(0);
    const memory::desc wanted({n}, Type::f32, Tag::x);
    step.constants.emplace_back(DNNL_ARG_BIAS, weights_.get(layer.bias, {n}, Tag::x, wanted));
  }

  void add(const Layer& layer, Segment& segment) {
    const int n = segment.portion;
    // oneDNN adds to what it finds in the output's place.
    if (layer.residual >= 0 && !same_place(layer.residual, layer.output)) {
      copy(layer.residual, layer.output, n, segment);
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
    segment.steps.push_back(std::move(step));
  }

  bool same_place(int a, int b) const {
    const Place& p = plan_.places[static_cast<std::size_t>(a)];
    const Place& q = plan_.places[static_cast<std::size_t>(b)];
    return p.offset == q.offset && p.of_batch == q.of_batch;
  }

  void copy(int from, int to, int n, Segment& segment) {
    Step step;
    step.kind = Step::Kind::kJoin;
    step.from = {from};
    step.to = to;
    step.bytes = {plan_.places[static_cast<std::size_t>(from)].bytes_per_image};
    step.pixels = static_cast<std::size_t>(n);
    segment.steps.push_back(std::move(step));
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
    const bool is_relu = layer.activation.kind == Activation2d::Kind::kRelu;
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
  Plan plan_;
  std::vector<std::vector<int>> segment_layers_;
  std::size_t scratch_ = 0;
};

class OneDnnEngine : public ForwardEngine {
 public:
  OneDnnEngine(std::shared_ptr<const Plan> plan, const Preprocessor& input, std::size_t pixels,
               int classes)
      : plan_(std::move(plan)),
        input_(input),
        image_bytes_(pixels),
        classes_(static_cast<std::size_t>(classes)),
        memory_(torch::empty({static_cast<std::int64_t>(plan_->bytes + plan_->scratch_bytes + 64)},
                             torch::kUInt8)),
        stream_(cpu()) {
    for (const Segment& segment : plan_->segments) {
      for (const Step& step : segment.steps) calls_.push_back(bind(step));
    }
  }

  Span<const float> forward(const ImageBatch& images, StageTimes& times) override {
    std::size_t first_call = 0;
    for (std::size_t s = 0; s < plan_->segments.size(); ++s) {
      const Segment& segment = plan_->segments[s];
      for (int first = 0; first < plan_->batch; first += segment.portion) {
        if (s == 0) {
          const ScopedStage stage(times, Stage::kPreprocess);
          const std::size_t bytes = image_bytes_ * static_cast<std::size_t>(segment.portion);
          input_.forward(
              images.bytes().subspan(static_cast<std::size_t>(first) * image_bytes_, bytes),
              {reinterpret_cast<float*>(data(0, first)), bytes});
        }
        const ScopedStage stage(times, Stage::kForward);
        for (std::size_t i = 0; i < segment.steps.size(); ++i)
          run(segment.steps[i], calls_[first_call + i], first);
      }
      first_call += segment.steps.size();
    }
    return {reinterpret_cast<const float*>(data(plan_->output, 0)),
            static_cast<std::size_t>(plan_->batch) * classes_};
  }

 private:
  struct Call {
    std::vector<memory> memories;
    std::vector<dnnl_exec_arg_t> arguments;
  };

  Call bind(const Step& step) {
    Call call;
    for (const Step::Argument& a : step.arguments) {
      std::uint8_t* at = a.value == Step::kScratch ? base() + plan_->bytes : data(a.value, 0);
      call.memories.emplace_back(a.desc, cpu(), at);
      call.arguments.push_back({a.argument, call.memories.back().get()});
    }
    for (const auto& [argument, constant] : step.constants)
      call.arguments.push_back({argument, constant.get()});
    return call;
  }

  std::uint8_t* base() { return memory_.data_ptr<std::uint8_t>(); }

  std::uint8_t* data(int value, int first) {
    const Place& place = plan_->places[static_cast<std::size_t>(value)];
    return base() + place.offset +
           (place.of_batch ? static_cast<std::size_t>(first) * place.bytes_per_image : 0);
  }

  void run(const Step& step, Call& call, int first) {
    if (step.kind == Step::Kind::kJoin) return join(step, first);
    for (std::size_t i = 0; i < step.arguments.size(); ++i) {
      const int v = step.arguments[i].value;
      if (v >= 0 && plan_->places[static_cast<std::size_t>(v)].of_batch)
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

  std::shared_ptr<const Plan> plan_;
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
      std::shared_ptr<const Plan>& plan = plans_[batch];
      if (plan == nullptr)
        plan = std::make_shared<const Plan>(Planner(layers_, batch, precision_, weights_).plan());
      return std::make_unique<OneDnnEngine>(
          plan, input_, static_cast<std::size_t>(layers_.values[0].size()),
          layers_.values[static_cast<std::size_t>(layers_.output)].channels);
    });
  }

 private:
  const LayerGraph layers_;
  Preprocessor input_;
  Precision precision_;
  std::mutex mutex_;
  PackedWeights weights_;
  std::map<int, std::shared_ptr<const Plan>> plans_;  // by batch
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
