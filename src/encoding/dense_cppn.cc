#include "encoding/dense_cppn.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "encoding/activation_slope.h"
#include "encoding/color_gradient.h"
#include "encoding/composite.h"
#include "encoding/genome_cast.h"
#include "encoding/packing.h"
#include "fool/core/error.h"

namespace fool {
namespace {

constexpr std::string_view kMagic = "DCPN";

const std::vector<float>& weights_of(const Genome& genome) {
  return genome_cast<DenseCppnGenome>(genome, "dense-cppn").weights;
}

GenomePtr genome_of(std::vector<float> weights) {
  auto genome = std::make_shared<DenseCppnGenome>();
  genome->weights = std::move(weights);
  return genome;
}

Activation output_activation(const Json& settings) {
  return settings.at("output") == "sine" ? Activation::kSine : Activation::kSigmoid;
}

// Sine throughout, or the paper's four functions, a quarter of the units each.
std::vector<DenseLayer::Run> hidden_runs(const Json& settings, int units) {
  if (settings.at("activation") == "sine") return {{Activation::kSine, 0, units}};
  std::vector<DenseLayer::Run> runs;
  int first = 0;
  for (int i = 0; i < 4; ++i) {
    constexpr Activation kMix[] = {Activation::kSine, Activation::kSigmoid, Activation::kGaussian,
                                   Activation::kLinear};
    const int end = (i + 1) * units / 4;
    if (end > first) runs.push_back({kMix[i], first, end - first});
    first = end;
  }
  return runs;
}

std::vector<DenseLayer> make_layers(const Json& settings, int inputs, int outputs) {
  const int hidden = settings.at("layers");
  std::vector<DenseLayer> layers;
  std::size_t weights = 0;
  for (int i = 0; i <= hidden; ++i) {
    const bool is_last = i == hidden;
    DenseLayer layer;
    layer.inputs = i == 0 ? inputs : layers.back().values();
    layer.units = is_last ? outputs : settings.at("width").get<int>();
    layer.first_weight = weights;
    layer.scale = static_cast<float>(settings.at(i == 0 ? "first_scale" : "scale").get<double>());
    if (is_last) {
      layer.runs = {{output_activation(settings), 0, outputs}};
    } else if (settings.at("activation") == "composite") {
      layer.is_composite = true;
    } else {
      layer.runs = hidden_runs(settings, layer.units);
    }
    weights += layer.weights();
    layers.push_back(std::move(layer));
  }
  return layers;
}

// What a pixel's values are on the way from its coordinates to its colour: for each layer the sums
// and the values that the activations make of them.
class Evaluation {
 public:
  explicit Evaluation(const std::vector<DenseLayer>& layers)
      : layers_(layers), sums_(layers.size()), values_(layers.size()), inputs_(3) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      sums_[l].resize(static_cast<std::size_t>(layers[l].units));
      values_[l].resize(static_cast<std::size_t>(layers[l].values()));
    }
  }

  float* inputs() { return inputs_.data(); }
  const std::vector<float>& outputs() const { return values_.back(); }

  void run(const std::vector<float>& scaled_weights) {
    const float* weight = scaled_weights.data();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      for (float& sum : sums_[l]) {
        sum = *weight++ * in(l)[0];
        for (int i = 1; i < layers_[l].inputs; ++i) {
          const float product = *weight++ * in(l)[i];
          sum = sum + product;
        }
        sum = sum + *weight++;
      }
      activate_layer(l);
    }
  }

  // by_outputs: the gradient of something by the outputs; overwritten. Adds to `totals` what that
  // makes it by the scaled weights.
  void run_back(const std::vector<float>& scaled_weights, std::vector<float>* by_outputs,
                std::vector<double>* totals) const {
    std::vector<float>& by_values = *by_outputs;
    for (std::size_t l = layers_.size(); l-- > 0;) {
      const DenseLayer& layer = layers_[l];
      const std::vector<float> by_sums = gradient_by_sums(l, by_values);
      by_values.assign(static_cast<std::size_t>(layer.inputs), 0.0F);
      std::size_t w = layer.first_weight;
      for (const float by_sum : by_sums) {
        for (int i = 0; i < layer.inputs; ++i, ++w) {
          (*totals)[w] += static_cast<double>(by_sum * in(l)[i]);
          by_values[static_cast<std::size_t>(i)] += scaled_weights[w] * by_sum;
        }
        (*totals)[w++] += static_cast<double>(by_sum);
      }
    }
  }

 private:
  const float* in(std::size_t l) const { return l == 0 ? inputs_.data() : values_[l - 1].data(); }

  void activate_layer(std::size_t l) {
    const std::vector<float>& sums = sums_[l];
    std::vector<float>& values = values_[l];
    if (layers_[l].is_composite) {
      for (std::size_t u = 0; u < sums.size(); ++u) {
        const Composite<float> both = composite(sums[u]);
        values[u] = both.first;
        values[sums.size() + u] = both.second;
      }
    }
    for (const DenseLayer::Run& run : layers_[l].runs) {
      for (int i = run.first; i < run.first + run.count; ++i) {
        const auto u = static_cast<std::size_t>(i);
        values[u] = activate(run.activation, sums[u]);
      }
    }
  }

  std::vector<float> gradient_by_sums(std::size_t l, const std::vector<float>& by_values) const {
    const std::vector<float>& sums = sums_[l];
    std::vector<float> result(sums.size());
    if (layers_[l].is_composite) {
      for (std::size_t u = 0; u < sums.size(); ++u) {
        result[u] = composite_gradient(sums[u], by_values[u], by_values[sums.size() + u]);
      }
    }
    for (const DenseLayer::Run& run : layers_[l].runs) {
      for (int i = run.first; i < run.first + run.count; ++i) {
        const auto u = static_cast<std::size_t>(i);
        result[u] = by_values[u] * activation_slope(run.activation, sums[u], values_[l][u]);
      }
    }
    return result;
  }

  const std::vector<DenseLayer>& layers_;
  std::vector<std::vector<float>> sums_;
  std::vector<std::vector<float>> values_;
  std::vector<float> inputs_;
};

}  // namespace

DenseCppnEncoding::DenseCppnEncoding(const Json& settings, const ImageShape& shape)
    : shape_(shape),
      settings_(settings),
      distance_(settings.at("distance")),
      weight_range_(static_cast<float>(settings.at("weight_range").get<double>())),
      mutation_rate_(settings.at("weight_mutation_rate")),
      mutation_sigma_(settings.at("weight_mutation_sigma")),
      color_(read_color_rule(settings)),
      layers_(make_layers(settings, distance_ ? 3 : 2, shape.channels)) {
  if (shape.channels != 1 && shape.channels != 3) {
    fail(ErrorKind::kConfig, "the dense-cppn encoding draws images of 1 or 3 channels, not of {}",
         shape.channels);
  }
}

std::size_t DenseCppnEncoding::weights() const {
  return layers_.back().first_weight + layers_.back().weights();
}

GenomePtr DenseCppnEncoding::random(const ItemAddress& address) const {
  RngStream rng = address.stream("dense_cppn.random");
  std::vector<float> weights;
  weights.reserve(this->weights());
  const auto range = static_cast<double>(weight_range_);
  for (const DenseLayer& layer : layers_) {
    const double sigma = 1 / std::sqrt(static_cast<double>(layer.inputs));
    for (std::size_t i = 0; i < layer.weights(); ++i) {
      weights.push_back(static_cast<float>(std::clamp(sigma * rng.normal(), -range, range)));
    }
  }
  return genome_of(std::move(weights));
}

GenomePtr DenseCppnEncoding::vary(Span<const GenomePtr> parents, const ItemAddress& address) const {
  RngStream rng = address.stream("dense_cppn.weights");
  std::vector<float> weights = weights_of(*parents[0]);
  const auto range = static_cast<double>(weight_range_);
  for (float& weight : weights) {
    if (!rng.bernoulli(mutation_rate_)) continue;
    const double moved = static_cast<double>(weight) + mutation_sigma_ * rng.normal();
    weight = static_cast<float>(std::clamp(moved, -range, range));
  }
  return genome_of(std::move(weights));
}

void DenseCppnEncoding::render(const Genome& genome, ImageView out) const {
  render_at(genome, out);
}

void DenseCppnEncoding::render_at(const Genome& genome, ImageView out) const {
  const std::vector<float> scaled = scaled_weights(genome);
  const CppnCoordinates at = coordinates(out.shape.height, out.shape.width);
  Evaluation evaluation(layers_);
  std::uint8_t* pixel = out.data;
  for (int row = 0; row < out.shape.height; ++row) {
    for (int column = 0; column < out.shape.width; ++column) {
      set_inputs(at, row, column, evaluation.inputs());
      evaluation.run(scaled);
      const auto output = [&](std::size_t i) { return level(dense_unit(evaluation.outputs()[i])); };
      if (shape_.channels == 1) {
        *pixel++ = output(0);
      } else {
        const Rgb rgb = to_rgb(color_, output(0), output(1), output(2));
        *pixel++ = rgb.r;
        *pixel++ = rgb.g;
        *pixel++ = rgb.b;
      }
    }
  }
}

std::vector<float> DenseCppnEncoding::parameters(const Genome& genome) const {
  return weights_of(genome);
}

GenomePtr DenseCppnEncoding::with_parameters(const Genome& genome,
                                             Span<const float> parameters) const {
  std::vector<float> weights = weights_of(genome);
  if (parameters.size() != weights.size()) {
    fail(ErrorKind::kInternal, "{} parameters for a dense-cppn genome of {} weights",
         parameters.size(), weights.size());
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    // What is not a number leaves the weight as it was.
    if (std::isnan(parameters[i])) continue;
    weights[i] = std::clamp(parameters[i], -weight_range_, weight_range_);
  }
  return genome_of(std::move(weights));
}

void DenseCppnEncoding::pull_back(const Genome& genome, Span<const float> pixel_gradient,
                                  Span<float> gradient) const {
  const std::vector<float> scaled = scaled_weights(genome);
  const CppnCoordinates at = coordinates(shape_.height, shape_.width);
  Evaluation evaluation(layers_);
  std::vector<double> totals(scaled.size());
  std::vector<float> by_outputs;
  const float* by_pixel = pixel_gradient.data();
  for (int row = 0; row < shape_.height; ++row) {
    for (int column = 0; column < shape_.width; ++column, by_pixel += shape_.channels) {
      set_inputs(at, row, column, evaluation.inputs());
      evaluation.run(scaled);
      if (shape_.channels == 1) {
        by_outputs = {by_pixel[0] * kDenseLevels};
      } else {
        float numbers[3];
        for (std::size_t i = 0; i < 3; ++i)
          numbers[i] = dense_level_number(evaluation.outputs()[i]);
        const ColorGradient<float> by = color_gradient(color_, numbers, by_pixel);
        by_outputs = {by.first * kDenseLevels, by.second * kDenseLevels, by.third * kDenseLevels};
      }
      evaluation.run_back(scaled, &by_outputs, &totals);
    }
  }
  for (const DenseLayer& layer : layers_) {
    for (std::size_t i = 0; i < layer.weights(); ++i) {
      const std::size_t w = layer.first_weight + i;
      gradient[w] = static_cast<float>(totals[w]) * layer.scale;
    }
  }
}

std::vector<float> DenseCppnEncoding::scaled_weights(const Genome& genome) const {
  std::vector<float> result = weights_of(genome);
  for (const DenseLayer& layer : layers_) {
    for (std::size_t i = 0; i < layer.weights(); ++i) result[layer.first_weight + i] *= layer.scale;
  }
  return result;
}

CppnCoordinates DenseCppnEncoding::coordinates(int height, int width) const {
  return {CoordinateRule::kNormalised, shape_, height, width};
}

void DenseCppnEncoding::set_inputs(const CppnCoordinates& at, int row, int column,
                                   float* inputs) const {
  inputs[0] = at.x(column);
  inputs[1] = at.y(row);
  if (distance_) inputs[2] = at.d(row, column);
}

// What of the settings a genome depends on.
Json DenseCppnEncoding::header() const {
  return {{"layers", settings_.at("layers")},
          {"width", settings_.at("width")},
          {"activation", settings_.at("activation")},
          {"distance", settings_.at("distance")},
          {"outputs", shape_.channels}};
}

Json DenseCppnEncoding::to_json(const Genome& genome) const {
  const std::string bytes = encode(genome);
  Json result = header();
  result["weights"] = pack_text(std::string_view(bytes).substr(kMagic.size()));
  return result;
}

GenomePtr DenseCppnEncoding::from_json(const Json& json) const {
  constexpr ErrorKind kData = ErrorKind::kData;
  if (!json.is_object())
    fail(kData, "dense-cppn genome: expected an object, found {}", json.type_name());
  const Json expected = header();
  for (const auto& [key, value] : expected.items()) {
    const auto found = json.find(key);
    if (found == json.end() || *found != value) {
      fail(kData, "dense-cppn genome: expected {} {}, as the encoding's settings say, found {}",
           key, value.dump(), found == json.end() ? "nothing" : found->dump().substr(0, 40));
    }
  }
  const auto text = json.find("weights");
  if (text == json.end() || !text->is_string())
    fail(kData, "dense-cppn genome: there is no text \"weights\"");
  return decode(std::string(kMagic) + unpack_text(text->get_ref<const std::string&>(),
                                                  weights() * sizeof(float), "dense-cppn genome"));
}

// "DCPN", then the weights as little-endian floats.
std::string DenseCppnEncoding::encode(const Genome& genome) const {
  const std::vector<float>& weights = weights_of(genome);
  std::string bytes(kMagic);
  bytes.resize(kMagic.size() + weights.size() * sizeof(float));
  std::memcpy(bytes.data() + kMagic.size(), weights.data(), weights.size() * sizeof(float));
  return bytes;
}

GenomePtr DenseCppnEncoding::decode(std::string_view bytes) const {
  if (bytes.substr(0, kMagic.size()) != kMagic) {
    fail(ErrorKind::kData, "dense-cppn genome: {} bytes that do not begin as a genome does",
         bytes.size());
  }
  bytes.remove_prefix(kMagic.size());
  if (bytes.size() != weights() * sizeof(float)) {
    fail(
        ErrorKind::kData,
        "dense-cppn genome: expected {} weights of {} bytes, as the encoding's settings say, found "
        "{} bytes",
        weights(), sizeof(float), bytes.size());
  }
  std::vector<float> weights(this->weights());
  std::memcpy(weights.data(), bytes.data(), bytes.size());
  return checked(std::move(weights));
}

GenomePtr DenseCppnEncoding::checked(std::vector<float> weights) const {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!(std::fabs(weights[i]) <= weight_range_)) {
      fail(ErrorKind::kData, "dense-cppn genome: weight {} is {}, expected -{}..{}", i, weights[i],
           weight_range_, weight_range_);
    }
  }
  return genome_of(std::move(weights));
}

namespace {

std::unique_ptr<Encoding> make_dense_cppn(const Json& settings, const ImageShape& shape) {
  return std::make_unique<DenseCppnEncoding>(settings, shape);
}

const ParameterTable kParameters = {
    param("layers", 3, "Hidden layers between the coordinates and the colour.")
        .range(1, 8)
        .cite("fool's own choice"),
    param("width", 32, "Units of a hidden layer.").range(1, 256).cite("fool's own choice"),
    param("activation", "sine",
          "What the hidden units do to their sums: sine; composite, the arc tangent and its square "
          "as two numbers; or a quarter of them each of the paper's sine, sigmoid, gaussian and "
          "linear.")
        .one_of({"sine", "composite", "paper"})
        .cite("sine: Sitzmann et al., \"Implicit Neural Representations with Periodic Activation "
              "Functions\", 2020; composite: Mordvintsev et al., \"Differentiable Image "
              "Parameterizations\", 2018; paper: section 2.2"),
    param("output", "sigmoid", "What makes levels 0..255 of the last sums.")
        .one_of({"sigmoid", "sine"})
        .cite("sigmoid: Mordvintsev et al., 2018"),
    param("distance", false,
          "Whether the distance from the centre is an input beside x and y, which are -1..1.")
        .cite("true: paper, section 2.2"),
    param("first_scale", 4.5,
          "What the first layer's weights are multiplied by before the sum: how busy a picture is.")
        .range(0.01, 100)
        .cite("Sitzmann et al., 2020, with another value"),
    param("scale", 1.5, "The same of the other layers.")
        .range(0.01, 100)
        .cite("Sitzmann et al., 2020, with another value"),
    param("color_space", "rgb", "What the three outputs of a colour picture mean.")
        .one_of({"rgb", "hsv", "hls"})
        .cite("hsv: paper, section 2.2"),
    param("hue_scale", 180,
          "Hue steps of two degrees at a full hue output; past 180 the circle "
          "wraps.")
        .range(1, 255)
        .cite("180 goes round the circle once"),
    param("weight_range", 10.0,
          "Weights are between minus and plus this; new ones are normal with variance 1/inputs.")
        .range(0.001, 1000)
        .cite("as in the cppn encoding"),
    param("weight_mutation_rate", 0.1, "Probability that a weight mutates.")
        .range(0, 1)
        .cite("as in the cppn encoding"),
    param("weight_mutation_sigma", 0.1, "Standard deviation of a weight's mutation.")
        .range(0, 1000)
        .cite("fool's own choice"),
};

FOOL_REGISTER(
    EncodingRegistry,
    {"dense-cppn",
     "A multilayer CPPN of fixed size whose weights are the genome: for searches that "
     "follow gradients.",
     kParameters,
     {{"composite",
       {{"layers", 4},
        {"width", 16},
        {"activation", "composite"},
        {"first_scale", 1.7},
        {"scale", 1.0}}},
      {"paper-functions",
       {{"activation", "paper"}, {"distance", true}, {"scale", 3.0}, {"color_space", "hsv"}}}},
     make_dense_cppn});

}  // namespace
}  // namespace fool
