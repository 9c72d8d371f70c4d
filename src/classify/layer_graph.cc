#include "classify/layer_graph.h"

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "fool/core/error.h"

namespace fool {
namespace {

using torch::jit::IValue;
using torch::jit::Node;
using JitValue = torch::jit::Value;

[[noreturn]] void unsupported(const Node& node, const std::string& why) {
  fail(ErrorKind::kModel, "no engine but LibTorch runs {}{}", node.kind().toQualString(),
       why.empty() ? "" : " " + why);
}

int pooled_size(int size, int window, int stride, int before, int after) {
  return (size + before + after - window) / stride + 1;
}

// Builds the layers of a graph of LibTorch's operations.
class Reader {
 public:
  Reader(const torch::jit::Graph& graph, const ImageShape& input) : graph_(graph) {
    layers_.values.push_back({input.channels, input.height, input.width});
  }

  LayerGraph read() {
    const JitValue* input = graph_.inputs().back();  // a module's own method has it after "self"
    values_[input] = 0;
    for (const Node* node : graph_.nodes()) add(*node);
    if (graph_.outputs().size() != 1) {
      fail(ErrorKind::kModel, "no engine but LibTorch runs a network of {} outputs",
           graph_.outputs().size());
    }
    layers_.output = value(*graph_.outputs()[0], *graph_.return_node());
    if (const ValueShape& shape = shape_of(layers_.output); shape.height * shape.width != 1) {
      fail(ErrorKind::kModel, "no engine but LibTorch runs a network whose output is an image");
    }
    if (layers_.output == 0 || !padding_.empty()) {
      fail(ErrorKind::kModel,
           "no engine but LibTorch runs a network without layers or that pads "
           "before something other than a convolution");
    }
    return std::move(layers_);
  }

 private:
  using Rule = void (Reader::*)(const Node&);

  void add(const Node& node) {
    static const std::map<std::string, Rule> rules = {
        {"prim::Constant", &Reader::nothing},
        {"prim::ListConstruct", &Reader::nothing},
        {"aten::_convolution", &Reader::convolution},
        {"aten::conv2d", &Reader::convolution},
        {"aten::linear", &Reader::linear},
        {"aten::addmm", &Reader::addmm},
        {"aten::t", &Reader::nothing},
        {"aten::max_pool2d", &Reader::max_pool},
        {"aten::avg_pool2d", &Reader::average_pool},
        {"aten::adaptive_avg_pool2d", &Reader::adaptive_pool},
        {"aten::mean", &Reader::mean},
        {"aten::cat", &Reader::concat},
        {"aten::add", &Reader::sum},
        {"aten::add_", &Reader::sum},
        {"aten::relu", &Reader::activation},
        {"aten::relu_", &Reader::activation},
        {"aten::relu6", &Reader::activation},
        {"aten::relu6_", &Reader::activation},
        {"aten::hardtanh", &Reader::activation},
        {"aten::hardtanh_", &Reader::activation},
        {"aten::leaky_relu", &Reader::activation},
        {"aten::leaky_relu_", &Reader::activation},
        {"aten::flatten", &Reader::flatten},
        {"aten::reshape", &Reader::flatten},
        {"aten::view", &Reader::flatten},
        {"aten::contiguous", &Reader::same},
        {"aten::dropout", &Reader::dropout},
        {"aten::constant_pad_nd", &Reader::pad},
        {"aten::softmax", &Reader::softmax},
        {"fool::response_norm", &Reader::response_norm},
    };
    const auto rule = rules.find(node.kind().toQualString());
    if (rule == rules.end()) unsupported(node, "");
    (this->*rule->second)(node);
  }

  // Arguments.

  int value(const JitValue& jit, const Node& user) {
    const auto found = values_.find(&jit);
    if (found == values_.end()) unsupported(user, "of what is not an image");
    if (padding_.count(found->second) != 0 &&
        user.kind() != c10::Symbol::fromQualString("aten::_convolution") &&
        user.kind() != c10::Symbol::fromQualString("aten::conv2d")) {
      unsupported(user, "after padding");
    }
    return found->second;
  }
  int input(const Node& node, std::size_t i = 0) { return value(*node.inputs()[i], node); }

  static IValue constant(const Node& node, std::size_t i) {
    const auto ivalue = torch::jit::toIValue(node.inputs()[i]);
    if (!ivalue) unsupported(node, "with arguments that are computed");
    return *ivalue;
  }
  static std::vector<int> integers(const Node& node, std::size_t i) {
    std::vector<int> result;
    const JitValue* list = node.inputs()[i];
    if (list->node()->kind() == torch::jit::prim::ListConstruct) {
      for (std::size_t j = 0; j < list->node()->inputs().size(); ++j)
        result.push_back(static_cast<int>(constant(*list->node(), j).toInt()));
      return result;
    }
    for (const std::int64_t x : constant(node, i).toIntVector())
      result.push_back(static_cast<int>(x));
    return result;
  }
  // {height, width} of an argument that may be given once for both.
  static std::array<int, 2> pair(const Node& node, std::size_t i) {
    const std::vector<int> list = integers(node, i);
    if (list.size() != 1 && list.size() != 2) unsupported(node, "in other than two dimensions");
    return {list.front(), list.back()};
  }
  static torch::Tensor tensor(const Node& node, std::size_t i) {
    const IValue ivalue = constant(node, i);
    return ivalue.isNone() ? torch::Tensor() : ivalue.toTensor().detach();
  }

  const ValueShape& shape_of(int v) const { return layers_.values[static_cast<std::size_t>(v)]; }

  // Results.

  Layer& emit(const Node& node, LayerKind kind, std::vector<int> inputs, ValueShape shape) {
    Layer layer;
    layer.kind = kind;
    layer.inputs = std::move(inputs);
    layer.output = static_cast<int>(layers_.values.size());
    layers_.values.push_back(shape);
    layers_.layers.push_back(std::move(layer));
    set(node, layers_.layers.back().output);
    return layers_.layers.back();
  }
  // What an operation that works in place yields, everybody sees who reads its input later.
  void set(const Node& node, int v) {
    values_[node.outputs()[0]] = v;
    const std::string name = node.kind().toQualString();
    if (name.back() == '_') values_[node.inputs()[0]] = v;
  }

  void nothing(const Node& /*node*/) {}
  void same(const Node& node) { set(node, input(node)); }

  void dropout(const Node& node) {
    if (constant(node, 2).toBool()) unsupported(node, "in training");
    same(node);
  }

  void convolution(const Node& node) {
    const bool is_general = node.kind() == c10::Symbol::fromQualString("aten::_convolution");
    if (is_general && constant(node, 6).toBool()) unsupported(node, "transposed");
    const int from = input(node);
    const torch::Tensor weight = tensor(node, 1);
    if (weight.dim() != 4) unsupported(node, "in other than two dimensions");
    Window window;
    window.size = {static_cast<int>(weight.size(2)), static_cast<int>(weight.size(3))};
    window.stride = pair(node, 3);
    if (!node.inputs()[4]->type()->isSubtypeOf(*c10::ListType::ofInts()) &&
        node.inputs()[4]->node()->kind() != torch::jit::prim::ListConstruct) {
      unsupported(node, "with padding by name");
    }
    window.before = window.after = pair(node, 4);
    window.dilation = pair(node, 5);
    int source = from;
    if (const auto padded = padding_.find(from); padded != padding_.end()) {
      source = padded->second.first;
      for (std::size_t i = 0; i < 2; ++i) {
        window.before[i] += padded->second.second.before[i];
        window.after[i] += padded->second.second.after[i];
      }
      if (node.inputs()[0]->uses().size() == 1) padding_.erase(padded);
    }
    const ValueShape& in = shape_of(source);
    const auto size = [&](int of, std::size_t i) {
      return pooled_size(of, (window.size[i] - 1) * window.dilation[i] + 1, window.stride[i],
                         window.before[i], window.after[i]);
    };
    Layer& layer = emit(node, LayerKind::kConv, {source},
                        {static_cast<int>(weight.size(0)), size(in.height, 0), size(in.width, 1)});
    layer.weight = weight;
    layer.bias = tensor(node, 2);
    layer.window = window;
    layer.groups = static_cast<int>(constant(node, is_general ? 8 : 6).toInt());
  }

  void add_linear(const Node& node, int from, const torch::Tensor& weight,
                  const torch::Tensor& bias) {
    const ValueShape in = shape_of(from);
    if (weight.dim() != 2 || weight.size(1) != in.size()) unsupported(node, "of other sizes");
    Layer& layer = emit(node, LayerKind::kLinear, {from}, {static_cast<int>(weight.size(0)), 1, 1});
    layer.weight = weight.reshape({weight.size(0), in.channels, in.height, in.width});
    layer.bias = bias;
  }
  void linear(const Node& node) { add_linear(node, input(node), tensor(node, 1), tensor(node, 2)); }
  void addmm(const Node& node) {
    const Node& transposed = *node.inputs()[2]->node();
    if (transposed.kind() != c10::Symbol::fromQualString("aten::t") ||
        constant(node, 3).toScalar().toDouble() != 1 ||
        constant(node, 4).toScalar().toDouble() != 1) {
      unsupported(node, "other than a linear layer");
    }
    add_linear(node, input(node, 1), tensor(transposed, 0), tensor(node, 0));
  }

  // Emits a pooling; where sizes are rounded up, the window's padding grows accordingly.
  void pool(const Node& node, LayerKind kind, Window window, bool ceil_mode, bool counts_padding) {
    const int from = input(node);
    const ValueShape& in = shape_of(from);
    const std::array<int, 2> sizes{in.height, in.width};
    std::array<int, 2> pooled{};
    for (std::size_t i = 0; i < 2; ++i) {
      const int extent = (window.size[i] - 1) * window.dilation[i] + 1;
      pooled[i] = pooled_size(sizes[i], extent, window.stride[i], window.before[i],
                              window.after[i] + (ceil_mode ? window.stride[i] - 1 : 0));
      // As in LibTorch, no window begins behind the image and its first padding.
      if (ceil_mode && (pooled[i] - 1) * window.stride[i] >= sizes[i] + window.before[i]) {
        --pooled[i];
      }
      const int reach = (pooled[i] - 1) * window.stride[i] + extent - sizes[i] - window.before[i];
      if (reach > window.after[i] && kind == LayerKind::kAveragePool) {
        unsupported(node, "with sizes rounded up");
      }
      window.after[i] = std::max(reach, 0);
    }
    Layer& layer = emit(node, kind, {from}, {in.channels, pooled[0], pooled[1]});
    layer.window = window;
    layer.counts_padding = counts_padding;
  }
  static Window pool_window(const Node& node) {
    Window window;
    window.size = pair(node, 1);
    window.stride = integers(node, 2).empty() ? window.size : pair(node, 2);
    window.before = window.after = pair(node, 3);
    return window;
  }
  void max_pool(const Node& node) {
    Window window = pool_window(node);
    window.dilation = pair(node, 4);
    if (window.dilation != std::array<int, 2>{1, 1}) unsupported(node, "with dilation");
    pool(node, LayerKind::kMaxPool, window, constant(node, 5).toBool(), false);
  }
  void average_pool(const Node& node) {
    if (!constant(node, 6).isNone()) unsupported(node, "with a divisor of its own");
    pool(node, LayerKind::kAveragePool, pool_window(node), constant(node, 4).toBool(),
         constant(node, 5).toBool());
  }
  void adaptive_pool(const Node& node) {
    const ValueShape& in = shape_of(input(node));
    const std::array<int, 2> wanted = pair(node, 1);
    if (wanted == std::array<int, 2>{in.height, in.width}) return same(node);
    Window window;
    for (std::size_t i = 0; i < 2; ++i) {
      const int size = i == 0 ? in.height : in.width;
      if (wanted[i] <= 0 || size % wanted[i] != 0) unsupported(node, "to sizes that do not divide");
      window.size[i] = window.stride[i] = size / wanted[i];
    }
    pool(node, LayerKind::kAveragePool, window, false, false);
  }
  void mean(const Node& node) {
    const ValueShape& in = shape_of(input(node));
    std::vector<int> dimensions = integers(node, 1);
    for (int& d : dimensions) d = d < 0 ? d + 4 : d;
    std::sort(dimensions.begin(), dimensions.end());
    if (dimensions != std::vector<int>{2, 3}) unsupported(node, "over other than an image");
    Window window;
    window.size = window.stride = {in.height, in.width};
    pool(node, LayerKind::kAveragePool, window, false, false);
  }

  void concat(const Node& node) {
    if (constant(node, 1).toInt() != 1) unsupported(node, "along other than channels");
    std::vector<int> parts;
    ValueShape shape;
    for (const JitValue* part : node.inputs()[0]->node()->inputs()) {
      parts.push_back(value(*part, node));
      const ValueShape& of_part = shape_of(parts.back());
      shape = {shape.channels + of_part.channels, of_part.height, of_part.width};
    }
    emit(node, LayerKind::kConcat, parts, shape);
  }

  // The convolution or linear layer that made a value, if nobody has looked at that value yet.
  Layer* open_maker(int v, const JitValue& jit) {
    if (jit.uses().size() != 1) return nullptr;
    for (Layer& layer : layers_.layers) {
      const bool computes = layer.kind == LayerKind::kConv || layer.kind == LayerKind::kLinear ||
                            layer.kind == LayerKind::kAdd;
      if (layer.output == v && computes && layer.activation.kind == LayerActivation::Kind::kNone) {
        return &layer;
      }
    }
    return nullptr;
  }

  void sum(const Node& node) {
    if (constant(node, 2).toScalar().toDouble() != 1) unsupported(node, "with a factor");
    const int a = input(node, 0);
    const int b = input(node, 1);
    const ValueShape shape = shape_of(a);
    if (shape.size() != shape_of(b).size() || shape.channels != shape_of(b).channels) {
      unsupported(node, "of different shapes");
    }
    for (const std::size_t i : {std::size_t{1}, std::size_t{0}}) {  // the later one is likelier
      Layer* maker = open_maker(i == 0 ? a : b, *node.inputs()[i]);
      if (maker == nullptr || maker->residual >= 0 || maker->kind == LayerKind::kAdd || a == b) {
        continue;
      }
      Layer layer = std::move(*maker);  // both summands are there only now
      layers_.layers.erase(layers_.layers.begin() + (maker - layers_.layers.data()));
      layer.residual = i == 0 ? b : a;
      layers_.layers.push_back(std::move(layer));
      return set(node, layers_.layers.back().output);
    }
    emit(node, LayerKind::kAdd, {a, b}, shape);
  }

  void activation(const Node& node) {
    const std::string name = node.kind().toQualString();
    const int from = input(node);
    LayerActivation f{LayerActivation::Kind::kRelu, 0.0F, 0.0F};
    if (name.find("leaky") != std::string::npos) {
      f.low = static_cast<float>(constant(node, 1).toScalar().toDouble());
    } else if (name.find("relu6") != std::string::npos) {
      f = {LayerActivation::Kind::kClamp, 0.0F, 6.0F};
    } else if (name.find("hardtanh") != std::string::npos) {
      f = {LayerActivation::Kind::kClamp,
           static_cast<float>(constant(node, 1).toScalar().toDouble()),
           static_cast<float>(constant(node, 2).toScalar().toDouble())};
    }
    const bool in_place = name.back() == '_';
    const JitValue& jit = *node.inputs()[0];
    if (Layer* maker = open_maker(from, jit);
        maker != nullptr || (in_place && (maker = maker_in_place(from)) != nullptr)) {
      maker->activation = f;
      return set(node, from);
    }
    emit(node, LayerKind::kActivation, {from}, shape_of(from)).activation = f;
  }
  // An activation in place may join its maker also where the value is read more than once, as long
  // as all of that comes later.
  Layer* maker_in_place(int v) {
    for (const Layer& layer : layers_.layers) {
      const auto reads = [&](int x) { return x == v; };
      if (layer.residual == v || std::any_of(layer.inputs.begin(), layer.inputs.end(), reads)) {
        return nullptr;
      }
    }
    for (Layer& layer : layers_.layers) {
      if (layer.output == v &&
          (layer.kind == LayerKind::kConv || layer.kind == LayerKind::kLinear) &&
          layer.activation.kind == LayerActivation::Kind::kNone) {
        return &layer;
      }
    }
    return nullptr;
  }

  // A vector of everything, which only linear layers may read where the image has more than one
  // pixel: they know the order of their weights.
  void flatten(const Node& node) {
    const std::string name = node.kind().toQualString();
    const int from = input(node);
    const ValueShape& shape = shape_of(from);
    if (name == "aten::flatten") {
      const auto first = constant(node, 1).toInt();
      const auto last = constant(node, 2).toInt();
      if (first != 1 || (last != -1 && last != 3)) unsupported(node, "of other dimensions");
    } else {
      const JitValue* list = node.inputs()[1];
      const auto last_of = [&]() -> IValue {
        if (list->node()->kind() != torch::jit::prim::ListConstruct) {
          const auto sizes = constant(node, 1).toIntVector();
          return sizes.size() == 2 ? IValue(sizes[1]) : IValue(0);
        }
        return list->node()->inputs().size() == 2 ? constant(*list->node(), 1) : IValue(0);
      };
      const auto last = last_of().toInt();
      if (last != -1 && last != shape.size()) unsupported(node, "to other than a vector");
    }
    for (const auto& use : node.outputs()[0]->uses()) {
      const std::string reader = use.user->kind().toQualString();
      const bool is_linear = reader == "aten::linear" || reader == "aten::addmm" ||
                             reader == "aten::dropout" || reader == "prim::Return";
      if (shape.height * shape.width != 1 && !is_linear) unsupported(node, "before " + reader);
    }
    set(node, from);
  }

  void pad(const Node& node) {
    const int from = input(node);
    const std::vector<int> sides = integers(node, 1);  // left, right, top, bottom
    if (constant(node, 2).toScalar().toDouble() != 0 || sides.size() != 4) {
      unsupported(node, "with other than zeros around an image");
    }
    if (*std::min_element(sides.begin(), sides.end()) < 0) unsupported(node, "that cuts");
    Window padding;
    padding.before = {sides[2], sides[0]};
    padding.after = {sides[3], sides[1]};
    const ValueShape in = shape_of(from);
    const int padded = static_cast<int>(layers_.values.size());
    layers_.values.push_back(
        {in.channels, in.height + sides[2] + sides[3], in.width + sides[0] + sides[1]});
    padding_[padded] = {from, padding};
    set(node, padded);
  }

  void softmax(const Node& node) {
    const int from = input(node);
    const auto dimension = constant(node, 1).toInt();
    if (shape_of(from).height * shape_of(from).width != 1 || (dimension != 1 && dimension != -1)) {
      unsupported(node, "over other than channels");
    }
    emit(node, LayerKind::kSoftmax, {from}, shape_of(from));
  }

  void response_norm(const Node& node) {
    const int from = input(node);
    if (constant(node, 1).toInt() % 2 == 0) unsupported(node, "of an even number of channels");
    Layer& layer = emit(node, LayerKind::kResponseNorm, {from}, shape_of(from));
    const auto number = [&](std::size_t i) {
      return static_cast<float>(constant(node, i).toDouble());
    };
    layer.response_norm = {static_cast<int>(constant(node, 1).toInt()), number(2), number(3),
                           number(4)};
  }

  const torch::jit::Graph& graph_;
  LayerGraph layers_;
  std::unordered_map<const JitValue*, int> values_;
  std::map<int, std::pair<int, Window>> padding_;  // padded value -> what was padded, how
};

}  // namespace

std::int64_t LayerGraph::multiply_adds() const {
  std::int64_t sum = 0;
  for (const Layer& layer : layers) {
    const ValueShape& out = values[static_cast<std::size_t>(layer.output)];
    if (layer.weight.defined()) sum += layer.weight.numel() * out.height * out.width;
  }
  return sum;
}

LayerGraph read_layers(const torch::jit::Graph& graph, const ImageShape& input) {
  return Reader(graph, input).read();
}

LayerGraph trace_layers(const std::function<torch::Tensor(const torch::Tensor&)>& network,
                        const ImageShape& input) {
  const torch::NoGradGuard no_gradient;
  const torch::Tensor example = torch::zeros({1, input.channels, input.height, input.width},
                                             torch::MemoryFormat::ChannelsLast);
  const auto run = [&](torch::jit::Stack stack) -> torch::jit::Stack {
    const torch::jit::tracer::NoWarn quiet;  // of constants that are made on the way
    return {network(stack[0].toTensor())};
  };
  const auto no_names = [](const torch::Tensor& /*tensor*/) { return std::string(); };
  const auto traced = torch::jit::tracer::trace({example}, run, no_names, /*strict=*/true,
                                                /*force_outplace=*/true);
  return read_layers(*traced.first->graph, input);
}

}  // namespace fool
