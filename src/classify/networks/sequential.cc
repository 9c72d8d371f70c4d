// A plain stack of layers that a card describes, so that a small network of somebody's own needs no
// file here. configs/cards/mnist_tutorial.json is an example.
//
// "options": {"layers": [{"type": "conv", "outputs": 6, "kernel": 5}, "relu", ...]}
//
// Sizes of inputs follow from the card's "input" and the layers before. The tensors of the file are
// dealt to the layers that have weights in the natural order of their names ("2.weight" before
// "10.weight", "conv1" before "fc1"); a layer with a "name" takes those of that name.
#include <algorithm>
#include <cctype>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "classify/networks/layers.h"
#include "classify/response_norm.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using Function = std::function<torch::Tensor(const torch::Tensor&)>;

// What goes from layer to layer: images, or [N, channels] with a height and width of 0.
struct Shape {
  std::int64_t channels, height, width;
  bool flat() const { return height == 0; }
  std::int64_t size() const { return flat() ? channels : channels * height * width; }
};

// A layer of the card: its settings are complete, and it stands in a network.
struct Context {
  const Json& settings;
  torch::nn::Module& network;
  std::string place;            // its number, which its parameters are called by
  std::string where;            // for messages
  Shape& shape;                 // in: of the input; out: of the output
  std::shared_ptr<Conv>& conv;  // the layer before, if it is one; into it normalisation is folded

  std::int64_t integer(const char* key) const { return settings.at(key).get<std::int64_t>(); }
  double number(const char* key) const { return settings.at(key).get<double>(); }

  void expect_images(const char* type) const {
    if (!shape.flat()) return;
    fail(ErrorKind::kModel, "{}: {} takes images, but what comes is flat ({} numbers)", where, type,
         shape.channels);
  }

  // The window's effect on height and width.
  void slide(std::int64_t kernel, std::int64_t stride, std::int64_t padding, bool ceil) const {
    const Shape input = shape;
    for (std::int64_t* size : {&shape.height, &shape.width}) {
      const std::int64_t room = *size + 2 * padding - kernel;
      if (room < 0) {
        fail(ErrorKind::kModel, "{}: a window of {}x{} does not fit into an input of {}x{}", where,
             kernel, kernel, input.width, input.height);
      }
      std::int64_t steps = (room + (ceil ? stride - 1 : 0)) / stride;
      if (ceil && steps * stride >= *size + padding) --steps;  // it would begin outside
      *size = steps + 1;
    }
  }
};

struct Kind {
  ParameterTable parameters;
  std::function<Function(const Context&)> make;
};

Kind plain(const Function& function) {
  return {{}, [function](const Context&) { return function; }};
}

Function make_conv(const Context& c) {
  c.expect_images("conv");
  const std::int64_t groups = c.integer("groups");
  const std::int64_t outputs = c.integer("outputs");
  if (c.shape.channels % groups != 0 || outputs % groups != 0) {
    fail(ErrorKind::kModel, "{}: {} input and {} output channels do not divide into {} groups",
         c.where, c.shape.channels, outputs, groups);
  }
  const std::int64_t spread = c.integer("dilation");
  const auto conv = add<Conv>(c.network, c.place,
                              ConvOptions(c.shape.channels, outputs, c.integer("kernel"))
                                  .stride(c.integer("stride"))
                                  .padding(c.integer("padding"))
                                  .dilation(spread)
                                  .groups(groups)
                                  .bias(c.settings.at("bias").get<bool>()));
  c.slide((c.integer("kernel") - 1) * spread + 1, c.integer("stride"), c.integer("padding"), false);
  c.shape.channels = outputs;
  c.conv = conv;
  return [conv](const torch::Tensor& x) { return conv->forward(x); };
}

Function make_linear(const Context& c) {
  const std::int64_t outputs = c.integer("outputs");
  const auto linear =
      add<Linear>(c.network, c.place, c.shape.size(), outputs, c.settings.at("bias").get<bool>());
  c.shape = {outputs, 0, 0};
  return [linear](const torch::Tensor& x) { return linear->forward(x.flatten(1)); };
}

Function make_flatten(const Context& c) {
  c.shape = {c.shape.size(), 0, 0};
  return [](const torch::Tensor& x) { return x.flatten(1); };
}

Function make_pool(const Context& c, bool max) {
  c.expect_images(max ? "max_pool" : "avg_pool");
  const std::int64_t kernel = c.integer("kernel");
  const std::int64_t padding = c.integer("padding");
  const std::int64_t stride = c.integer("stride") == 0 ? kernel : c.integer("stride");
  const bool ceil = c.settings.at("ceil_mode").get<bool>();
  if (2 * padding > kernel) {
    fail(ErrorKind::kModel, "{}: a padding of {} is more than half of the kernel, {}", c.where,
         padding, kernel);
  }
  c.slide(kernel, stride, padding, ceil);
  if (max) {
    return [=](const torch::Tensor& x) {
      return torch::max_pool2d(x, kernel, stride, padding, 1, ceil);
    };
  }
  return
      [=](const torch::Tensor& x) { return torch::avg_pool2d(x, kernel, stride, padding, ceil); };
}

Function make_adaptive_pool(const Context& c) {
  c.expect_images("adaptive_avg_pool");
  const std::int64_t size = c.integer("size");
  c.shape.height = c.shape.width = size;
  return [size](const torch::Tensor& x) { return torch::adaptive_avg_pool2d(x, {size, size}); };
}

Function make_batch_norm(const Context& c) {
  const auto norm = add<BatchNorm>(c.network, c.place, c.shape.channels, c.number("eps"), c.conv);
  return [norm](const torch::Tensor& x) { return norm->forward(x); };
}

Function make_lrn(const Context& c) {
  c.expect_images("lrn");
  const auto size = static_cast<int>(c.integer("size"));
  const double alpha = c.number("alpha");
  const double beta = c.number("beta");
  const double k = c.number("k");
  return [=](const torch::Tensor& x) { return response_norm(x, size, alpha, beta, k); };
}

Parameter positive(const char* key, Json value, const char* help) {
  return param(key, std::move(value), help).range(1, 1 << 20);
}

// "outputs" and "kernel" must be given: 0, the default, is out of range.
const std::map<std::string, Kind>& kinds() {
  const Parameter outputs = positive("outputs", 0, "channels or numbers that come out");
  const Parameter kernel = positive("kernel", 0, "height and width of the window (pixels)");
  const Parameter padding = param("padding", 0, "rows and columns around (pixels)").range(0, 1024);
  const Parameter bias = param("bias", true, "whether there is a bias");
  const ParameterTable pool = {
      kernel, param("stride", 0, "step of the window; 0 = the kernel").range(0, 1024), padding,
      param("ceil_mode", false, "whether sizes are rounded up")};
  static const std::map<std::string, Kind> result = {
      {"conv",
       {{outputs, kernel, positive("stride", 1, "step of the window (pixels)"), padding,
         positive("dilation", 1, "distance of the window's pixels"),
         positive("groups", 1, "parts that the channels are divided into"), bias},
        make_conv}},
      {"linear", {{outputs, bias}, make_linear}},
      {"flatten", {{}, make_flatten}},
      {"max_pool", {pool, [](const Context& c) { return make_pool(c, true); }}},
      {"avg_pool", {pool, [](const Context& c) { return make_pool(c, false); }}},
      {"adaptive_avg_pool",
       {{positive("size", 1, "height and width that come out (pixels)")}, make_adaptive_pool}},
      {"batch_norm",
       {{param("eps", 1e-5, "what is added to variances").range(0, 1)}, make_batch_norm}},
      {"lrn",
       {{positive("size", 5, "channels that are looked at"), param("alpha", 1e-4, "factor"),
         param("beta", 0.75, "exponent"), param("k", 1.0, "summand")},
        make_lrn}},
      {"dropout",
       {{param("p", 0.5, "of no effect in evaluation").range(0, 1)},
        [](const Context&) -> Function { return [](const torch::Tensor& x) { return x; }; }}},
      {"relu", plain([](const torch::Tensor& x) { return x.relu(); })},
      {"relu6", plain([](const torch::Tensor& x) { return torch::hardtanh(x, 0, 6); })},
      {"leaky_relu",
       {{param("slope", 0.01, "of negative inputs")},
        [](const Context& c) -> Function {
          const double slope = c.number("slope");
          return [slope](const torch::Tensor& x) { return torch::leaky_relu(x, slope); };
        }}},
      {"elu", plain([](const torch::Tensor& x) { return torch::elu(x); })},
      {"gelu", plain([](const torch::Tensor& x) { return torch::gelu(x); })},
      {"silu", plain([](const torch::Tensor& x) { return torch::silu(x); })},
      {"tanh", plain([](const torch::Tensor& x) { return torch::tanh(x); })},
      {"sigmoid", plain([](const torch::Tensor& x) { return torch::sigmoid(x); })},
      {"softmax", plain([](const torch::Tensor& x) { return torch::softmax(x, 1); })},
      {"log_softmax", plain([](const torch::Tensor& x) { return torch::log_softmax(x, 1); })}};
  return result;
}

// Digits count as numbers: "2" before "10".
bool natural_less(const std::string& a, const std::string& b) {
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  const auto number = [&](const std::string& text, std::size_t& at) {
    while (at < text.size() && text[at] == '0') ++at;
    const std::size_t begin = at;
    while (at < text.size() && digit(text[at])) ++at;
    return text.substr(begin, at - begin);
  };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (digit(a[i]) && digit(b[j])) {
      const std::string x = number(a, i);
      const std::string y = number(b, j);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else if (a[i] != b[j]) {
      return a[i] < b[j];
    } else {
      ++i, ++j;
    }
  }
  return a.size() - i < b.size() - j;
}

std::string shape_text(torch::IntArrayRef shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

class Sequential : public NativeNetwork {
 public:
  Sequential(const Json& layers, const ModelSpec& spec) : file_(spec.weights.string()) {
    const ImageShape input = spec.input.shape();
    Shape shape{input.channels, input.height, input.width};
    for (std::size_t i = 0; i < layers.size(); ++i) add_layer(i, layers[i], spec, shape);
    if (layers.empty() || shape.size() != spec.classes) {
      fail(ErrorKind::kModel,
           "{}: options.layers end in {} numbers per image; expected {}, the card's \"classes\"",
           spec.card.string(), shape.size(), spec.classes);
    }
    expect_output(layers.back(), spec);
  }

  torch::Tensor forward(const torch::Tensor& input) override {
    torch::Tensor x = input;
    for (const Function& function : functions_) x = function(x);
    return x.flatten(1);
  }

  void rename(std::map<std::string, TensorView>& tensors) const override {
    std::set<std::string> named;
    for (const Weighted& layer : weighted_) named.insert(layer.name);
    std::vector<std::string> prefixes;  // of the layers without a name, in the order of the file
    for (const auto& [key, view] : tensors) {
      const std::string prefix = key.substr(0, std::min(key.rfind('.'), key.size()));
      if (named.count(prefix) == 0) prefixes.push_back(prefix);
    }
    std::sort(prefixes.begin(), prefixes.end(), natural_less);
    prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());

    std::map<std::string, TensorView> result;
    auto next = prefixes.begin();
    for (const Weighted& layer : weighted_) {
      if (layer.name.empty() && next == prefixes.end()) {
        fail(ErrorKind::kModel, "{}: {}: no tensors are left for it; the file has: {}", file_,
             layer.where, keys_of(tensors));
      }
      move(layer, layer.name.empty() ? *next++ : layer.name, tensors, result);
    }
    if (!tensors.empty()) {
      fail(ErrorKind::kModel, "{}: {} tensors belong to none of the card's layers: {}", file_,
           tensors.size(), keys_of(tensors));
    }
    tensors = std::move(result);
  }

 private:
  struct Weighted {
    std::string place;
    std::string name;  // of its tensors in the file, or empty
    std::string where;
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> values;
  };

  void add_layer(std::size_t i, const Json& item, const ModelSpec& spec, Shape& shape) {
    const std::string key = fmt::format("options.layers[{}]", i);
    Json given = item.is_string() ? Json{{"type", item}} : item;
    if (!given.is_object() || !given.value("type", Json()).is_string()) {
      fail(ErrorKind::kModel,
           "{}: {}: expected the name of a layer or an object with a \"type\", found {}",
           spec.card.string(), key, item.dump());
    }
    const std::string type = given.at("type").get<std::string>();
    const auto kind = kinds().find(type);
    if (kind == kinds().end()) {
      std::vector<std::string> known;
      for (const auto& [name, unused] : kinds()) known.push_back(name);
      fail(ErrorKind::kModel, "{}: {}: there is no layer \"{}\"{}; known: {}", spec.card.string(),
           key, type, did_you_mean(type, known), fmt::join(known, ", "));
    }
    const Json name = given.value("name", Json(""));
    if (!name.is_string()) {
      fail(ErrorKind::kModel, "{}: {}.name: expected a text, found {}", spec.card.string(), key,
           name.dump());
    }
    given.erase("type");
    given.erase("name");
    Json settings;
    try {
      settings = kind->second.parameters.resolve(given, key);
      for (const Parameter& p : kind->second.parameters.parameters()) {
        p.check(settings.at(p.key), key);
      }
    } catch (const Error& e) {
      fail(ErrorKind::kModel, "{}: {}", spec.card.string(), e.what());
    }
    const std::string place = std::to_string(i);
    const Context context{settings, *this,
                          place,    fmt::format("{}: {} ({})", spec.card.string(), key, type),
                          shape,    conv_};
    functions_.push_back(kind->second.make(context));
    if (type != "conv") conv_ = nullptr;
    remember_weights(place, name.get<std::string>(), fmt::format("{} ({})", key, type));
  }

  // The tensors that the layer just added must find in the file.
  void remember_weights(const std::string& place, const std::string& name,
                        const std::string& where) {
    const auto children = named_children();
    const auto* layer = children.find(place);
    if (layer == nullptr) return;
    Weighted weighted{place, name, where, {}};
    for (const auto& p : (*layer)->named_parameters()) {
      weighted.values.emplace_back(p.key(), p.value().sizes().vec());
    }
    for (const auto& b : (*layer)->named_buffers()) {
      weighted.values.emplace_back(b.key(), b.value().sizes().vec());
    }
    weighted_.push_back(std::move(weighted));
  }

  void move(const Weighted& layer, const std::string& prefix,
            std::map<std::string, TensorView>& from, std::map<std::string, TensorView>& to) const {
    for (const auto& [value, shape] : layer.values) {
      const std::string key = prefix + "." + value;
      const auto it = from.find(key);
      if (it == from.end() || it->second.shape != shape) {
        fail(ErrorKind::kModel, "{}: {}: expected {} {}, found {}", file_, layer.where, key,
             shape_text(shape),
             it == from.end() ? "only " + keys_of(from) : shape_text(it->second.shape));
      }
      to[layer.place + "." + value] = it->second;
      from.erase(it);
    }
    from.erase(prefix + ".num_batches_tracked");
  }

  static std::string keys_of(const std::map<std::string, TensorView>& tensors) {
    std::vector<std::string> keys;
    for (const auto& [key, view] : tensors) keys.push_back(key + " " + shape_text(view.shape));
    const std::size_t count = keys.size();
    if (count > 6) keys.resize(6);
    return fmt::format("{}{}", fmt::join(keys, ", "), count > 6 ? ", ..." : "");
  }

  static void expect_output(const Json& last, const ModelSpec& spec) {
    const std::string type = (last.is_string() ? last : last.at("type")).get<std::string>();
    const char* wanted = type == "softmax"       ? "probabilities"
                         : type == "log_softmax" ? "log-probabilities"
                                                 : nullptr;
    const OutputKind kind =
        type == "softmax" ? OutputKind::kProbabilities : OutputKind::kLogProbabilities;
    if (wanted != nullptr && spec.output != kind) {
      fail(ErrorKind::kModel, "{}: the last layer is {}; expected \"output\": \"{}\"",
           spec.card.string(), type, wanted);
    }
  }

  std::string file_;
  std::shared_ptr<Conv> conv_;
  std::vector<Function> functions_;
  std::vector<Weighted> weighted_;
};

std::unique_ptr<NativeNetwork> make_sequential(const Json& settings, const ModelSpec& spec) {
  return std::make_unique<Sequential>(settings.at("layers"), spec);
}

FOOL_REGISTER(NetworkRegistry,
              {"sequential",
               "A stack of layers that the card describes",
               {param("layers", Json::array(), "the layers, from the input to the output")},
               {},
               make_sequential});

}  // namespace
}  // namespace fool
