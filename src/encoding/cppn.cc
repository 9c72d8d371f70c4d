#include "encoding/cppn.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "encoding/color_gradient.h"
#include "encoding/cppn_format.h"
#include "encoding/cppn_widening.h"
#include "encoding/genome_cast.h"
#include "fool/core/error.h"

namespace fool {
namespace {

const CppnGraph& graph_of(const Genome& genome) {
  return genome_cast<CppnGenome>(genome, "cppn").graph;
}

}  // namespace

CppnEncoding::CppnEncoding(const Json& settings, const ImageShape& shape)
    : shape_(shape),
      mutation_(settings),
      coordinate_rule_(settings.at("coordinates") == "pixel" ? CoordinateRule::kPixel
                                                             : CoordinateRule::kNormalised),
      color_(read_color_rule(settings)) {
  if (shape.channels != 1 && shape.channels != 3) {
    fail(ErrorKind::kConfig, "the cppn encoding draws images of 1 or 3 channels, not of {}",
         shape.channels);
  }
}

GenomePtr CppnEncoding::random(const ItemAddress& address) const {
  return std::make_shared<CppnGenome>(mutation_.initial(shape_.channels, address));
}

GenomePtr CppnEncoding::vary(Span<const GenomePtr> parents, const ItemAddress& address) const {
  return std::make_shared<CppnGenome>(mutation_.mutate(graph_of(*parents[0]), address));
}

void CppnEncoding::render(const Genome& genome, ImageView out) const { render_at(genome, out); }

void CppnEncoding::render_at(const Genome& genome, ImageView out) const {
  const CppnProgram program = compile(genome);
  const CppnCoordinates at = coordinates(out.shape.height, out.shape.width);
  std::vector<float> values(program.values());
  std::uint8_t* pixel = out.data;
  for (int row = 0; row < out.shape.height; ++row) {
    for (int column = 0; column < out.shape.width; ++column) {
      values[0] = at.x(column);
      values[1] = at.y(row);
      values[2] = at.d(row, column);
      values[3] = CppnCoordinates::kBias;
      evaluate(program, values.data());
      const auto output = [&](std::size_t i) {
        return level(values[static_cast<std::size_t>(program.outputs[i])]);
      };
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

Json CppnEncoding::to_json(const Genome& genome) const { return graph_to_json(graph_of(genome)); }

GenomePtr CppnEncoding::from_json(const Json& json) const { return checked(graph_from_json(json)); }

std::string CppnEncoding::encode(const Genome& genome) const {
  return encode_graph(graph_of(genome));
}

GenomePtr CppnEncoding::decode(std::string_view bytes) const {
  return checked(decode_graph(bytes));
}

std::vector<float> CppnEncoding::parameters(const Genome& genome) const {
  std::vector<float> result;
  for (const CppnEdge& edge : graph_of(genome).edges) result.push_back(edge.weight);
  return result;
}

std::size_t CppnEncoding::parameter_count(const Genome& genome) const {
  return graph_of(genome).edges.size();
}

GenomePtr CppnEncoding::with_parameters(const Genome& genome, Span<const float> parameters) const {
  CppnGraph graph = graph_of(genome);
  if (parameters.size() != graph.edges.size()) {
    fail(ErrorKind::kInternal, "{} parameters for a cppn genome of {} edges", parameters.size(),
         graph.edges.size());
  }
  const auto range = static_cast<float>(mutation_.weight_range);
  for (std::size_t e = 0; e < graph.edges.size(); ++e) {
    // What is not a number leaves the weight as it was.
    if (std::isnan(parameters[e])) continue;
    graph.edges[e].weight = std::clamp(parameters[e], -range, range);
  }
  return std::make_shared<CppnGenome>(std::move(graph));
}

GenomePtr CppnEncoding::widened(const Genome& genome, const ItemAddress& address) const {
  const CppnGraph& graph = graph_of(genome);
  const auto& allowed = mutation_.activations;
  const bool has_sine =
      std::find(allowed.begin(), allowed.end(), Activation::kSine) != allowed.end();
  if (!has_sine || graph.edges.size() >= kWideEdges) return nullptr;
  return std::make_shared<CppnGenome>(
      widen(graph, mutation_.weight_range, address.stream("cppn.widen")));
}

void CppnEncoding::pull_back(const Genome& genome, Span<const float> pixel_gradient,
                             Span<float> gradient) const {
  const CppnProgram program = compile(genome);
  const CppnCoordinates at = coordinates(shape_.height, shape_.width);
  std::vector<float> values(program.values());
  std::vector<float> by_values(program.values());
  std::vector<double> totals(program.edges.size());
  const float* by_pixel = pixel_gradient.data();
  for (int row = 0; row < shape_.height; ++row) {
    for (int column = 0; column < shape_.width; ++column, by_pixel += shape_.channels) {
      values[0] = at.x(column);
      values[1] = at.y(row);
      values[2] = at.d(row, column);
      values[3] = CppnCoordinates::kBias;
      evaluate(program, values.data());
      std::fill(by_values.begin(), by_values.end(), 0.0F);
      // The level is |value| * 255.
      const auto output = [&](std::size_t i) {
        return values[static_cast<std::size_t>(program.outputs[i])];
      };
      const auto set = [&](std::size_t i, float by_level) {
        by_values[static_cast<std::size_t>(program.outputs[i])] =
            by_level * (output(i) < 0.0F ? -255.0F : 255.0F);
      };
      if (shape_.channels == 1) {
        set(0, by_pixel[0]);
      } else {
        float numbers[3];
        for (std::size_t i = 0; i < 3; ++i) numbers[i] = std::fabs(output(i)) * 255.0F;
        const ColorGradient<float> by = color_gradient(color_, numbers, by_pixel);
        set(0, by.first);
        set(1, by.second);
        set(2, by.third);
      }
      fool::pull_back(program, values.data(), by_values.data(), totals.data());
    }
  }
  std::fill(gradient.begin(), gradient.end(), 0.0F);
  for (std::size_t e = 0; e < program.edges.size(); ++e) {
    gradient[static_cast<std::size_t>(program.edges[e].of_graph)] = static_cast<float>(totals[e]);
  }
}

CppnProgram CppnEncoding::compile(const Genome& genome) const {
  return compile_cppn(graph_of(genome));
}

CppnCoordinates CppnEncoding::coordinates(int height, int width) const {
  return {coordinate_rule_, shape_, height, width};
}

GenomePtr CppnEncoding::checked(CppnGraph graph) const {
  check_graph(graph, shape_.channels, mutation_.weight_range);
  return std::make_shared<CppnGenome>(std::move(graph));
}

namespace {

std::unique_ptr<Encoding> make_cppn(const Json& settings, const ImageShape& shape) {
  return std::make_unique<CppnEncoding>(settings, shape);
}

const ParameterTable kParameters = {
    param("coordinates", "normalised",
          "What the inputs x and y are: -1..1 from edge to edge, or the pixel's indices (a far "
          "busier picture); the "
          "distance from the centre is normalised in both.")
        .one_of({"normalised", "pixel"})
        .cite("pixel: released code, phen/phen_color_image.hpp:130-157; the paper does not say"),
    param("color_space", "hsv", "What the three outputs of a colour CPPN mean.")
        .one_of({"hsv", "hls", "rgb"})
        .cite("hsv: paper, section 2.2; hls: released code, phen/phen_color_image.hpp:176-186"),
    param("hue_scale", 180,
          "Hue steps of two degrees at a full hue output; past 180 the circle wraps.")
        .range(1, 255)
        .cite("255: released code, phen/phen_color_image.hpp:176-186, whose comment gives 180 as "
              "the right one"),
    param("activations", Json::array({"sine", "sigmoid", "gaussian", "linear"}),
          "The functions that a node may have, equally likely.")
        .one_of({"sine", "sigmoid", "gaussian", "linear", "tanh", "relu"})
        .cite("paper, section 2.2; released code, dl_map_elites_images.cpp:114"),
    param("weight_range", 10.0, "Weights are between minus and plus this; new ones are uniform.")
        .range(0.001, 1000)
        .cite("released code, dl_map_elites_images.cpp:101-107"),
    param("weight_mutation_rate", 0.1, "Probability that an edge's weight mutates.")
        .range(0, 1)
        .cite("released code, dl_map_elites_images.cpp; gen_dnn_ff.hpp:83-99"),
    param("weight_mutation_eta", 15.0,
          "Distribution index of the weights' polynomial mutation, in units of the whole range of "
          "weights.")
        .range(0, 1000)
        .cite("released code, gen/evo_float (eta_m = 15)"),
    param("activation_mutation_rate", 0.1,
          "Probability that a node's function is drawn anew (perhaps the same again).")
        .range(0, 1)
        .cite("released code, sferes/gen/sampled.hpp:63-80"),
    param("add_edge_rate", 0.5, "Probability that a child gets a new edge.")
        .range(0, 1)
        .cite("released code, gen_dnn_ff.hpp:83-99, gen_dnn.hpp:311-388"),
    param("delete_edge_rate", 0.3, "Probability that a child loses a random edge.")
        .range(0, 1)
        .cite("released code, gen_dnn_ff.hpp:83-99, gen_dnn.hpp:311-388"),
    param("split_edge_rate", 0.5,
          "Probability that a random edge of a child is split by a new node.")
        .range(0, 1)
        .cite("released code, gen_dnn_ff.hpp:83-99, gen_dnn.hpp:311-388"),
    param("delete_node_rate", 0.2,
          "Probability that a child loses a random hidden node with all its edges.")
        .range(0, 1)
        .cite("released code, gen_dnn_ff.hpp:83-99, gen_dnn.hpp:311-388"),
    param("split_weights", "copy",
          "Weights of the two halves of a split edge: both the old one, or 1 and the old one as in "
          "NEAT.")
        .one_of({"copy", "neat"})
        .cite("copy: released code, gen_dnn.hpp:311-388"),
    param("parallel_edges", true, "Whether a new edge may join two nodes that are joined already.")
        .cite("true: released code, gen_dnn.hpp:311-388"),
};

// What the paper leaves open is as in the released code, but for the coordinates: normalised ones
// fool better.
const Json kEvolution = {{"activations", {"sine", "sigmoid", "gaussian", "linear"}},
                         {"weight_range", 10.0},
                         {"weight_mutation_rate", 0.1},
                         {"weight_mutation_eta", 15.0},
                         {"activation_mutation_rate", 0.1},
                         {"add_edge_rate", 0.5},
                         {"delete_edge_rate", 0.3},
                         {"split_edge_rate", 0.5},
                         {"delete_node_rate", 0.2},
                         {"split_weights", "copy"},
                         {"parallel_edges", true}};

Json preset(const Json& drawing) {
  Json result = drawing;
  result.update(kEvolution);
  return result;
}

FOOL_REGISTER(
    EncodingRegistry,
    {"cppn",
     "A compositional pattern-producing network: an evolved graph of functions of a pixel's "
     "coordinates.",
     kParameters,
     {{"paper",
       preset({{"coordinates", "normalised"}, {"color_space", "hsv"}, {"hue_scale", 180}})},
      {"released-code",
       preset({{"coordinates", "pixel"}, {"color_space", "hls"}, {"hue_scale", 255}})}},
     make_cppn});

}  // namespace
}  // namespace fool
