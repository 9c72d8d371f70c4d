#include "encoding/direct.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <type_traits>

#include "core/rng_batch.h"
#include "encoding/color_gradient.h"
#include "encoding/discrete_sampler.h"
#include "encoding/genome_cast.h"
#include "encoding/packing.h"
#include "encoding/polynomial_mutation.h"
#include "encoding/sbx.h"
#include "fool/core/error.h"

namespace fool {

DirectSettings::DirectSettings(const Json& settings)
    : integer_genes(settings.at("genes") == "integer"),
      color(read_color_rule(settings)),
      mutation_rate(settings.at("mutation_rate")),
      mutation_eta(settings.at("mutation_eta")),
      mutation_halving_period(settings.at("mutation_halving_period")),
      crossover(settings.at("crossover") == "sbx" ? Crossover::kSbx : Crossover::kNone),
      crossover_probability(settings.at("crossover_probability")),
      crossover_eta(settings.at("crossover_eta")),
      sbx_equal_genes_quirk(settings.at("sbx_equal_genes_quirk")) {}

double DirectSettings::rate_at(std::uint32_t generation) const {
  if (mutation_halving_period == 0) return mutation_rate;
  const std::uint32_t halvings = generation / static_cast<std::uint32_t>(mutation_halving_period);
  return std::ldexp(mutation_rate, -static_cast<int>(std::min(halvings, 1000U)));
}

void DirectEncoding::render(const Genome& genome, ImageView out) const {
  std::vector<std::uint8_t> scratch;
  const std::uint8_t* gene = levels(genome, &scratch);
  if (shape_.channels == 1) {
    std::memcpy(out.data, gene, shape_.size());
    return;
  }
  for (std::size_t i = 0; i < shape_.size(); i += 3) {
    const Rgb pixel = to_rgb(settings_.color, gene[i], gene[i + 1], gene[i + 2]);
    out.data[i] = pixel.r;
    out.data[i + 1] = pixel.g;
    out.data[i + 2] = pixel.b;
  }
}

void DirectEncoding::pull_back(const Genome& genome, Span<const float> pixel_gradient,
                               Span<float> gradient) const {
  const float per_unit = levels_per_unit();
  if (shape_.channels == 1) {
    for (std::size_t i = 0; i < shape_.size(); ++i) gradient[i] = pixel_gradient[i] * per_unit;
    return;
  }
  const std::vector<float> genes = parameters(genome);
  for (std::size_t i = 0; i < shape_.size(); i += 3) {
    const float numbers[3] = {genes[i] * per_unit, genes[i + 1] * per_unit,
                              genes[i + 2] * per_unit};
    const ColorGradient<float> by =
        color_gradient(settings_.color, numbers, pixel_gradient.data() + i);
    gradient[i] = by.first * per_unit;
    gradient[i + 1] = by.second * per_unit;
    gradient[i + 2] = by.third * per_unit;
  }
}

void DirectEncoding::require_own_shape(const ImageShape& picture) const {
  if (picture == shape_) return;
  fail(ErrorKind::kUsage,
       "the direct encoding has one gene per pixel and cannot be drawn in another size: it is {} x "
       "{} with {} channels, {} x {} with {} was asked for; scale the image instead",
       shape_.width, shape_.height, shape_.channels, picture.width, picture.height,
       picture.channels);
}

void DirectEncoding::render_at(const Genome& genome, ImageView out) const {
  require_own_shape(out.shape);
  render(genome, out);
}

namespace {

// Visits each index of 0..count-1 with the same probability, independently, at a cost that goes
// with the visits.
class SomeGenes {
 public:
  explicit SomeGenes(double rate) : skip_(skips(rate)) {}

  template <typename Visit>
  void visit(RngBatch& rng, std::size_t count, const Visit& visit) const {
    for (std::size_t i = 0;;) {
      const int skips = skip_(rng.next_u32());
      i += static_cast<std::size_t>(skips);
      if (i >= count) return;
      if (skips < kFar) visit(i++);
    }
  }

 private:
  // How many are skipped before the next visit (geometric), up to kFar, which stands for "at least
  // kFar".
  static constexpr int kFar = 255;

  static std::vector<double> skips(double rate) {
    std::vector<double> cumulative;
    double skipped = 1;
    for (int k = 0; k < kFar; ++k) {
      skipped *= 1 - rate;
      cumulative.push_back(1 - skipped);
    }
    cumulative.push_back(1);
    return cumulative;
  }

  DiscreteSampler skip_;
};

// What differs between the two kinds of genes. A gene's value is in [0, 1].
struct IntegerGenes {
  using Gene = std::uint8_t;
  static constexpr char kTag = 'i';

  explicit IntegerGenes(const DirectSettings& settings) : step_(settings.mutation_eta) {}

  static double value(Gene gene) { return gene / 255.0; }
  static Gene from_value(double value) { return static_cast<Gene>(std::nearbyint(value * 255)); }
  static Gene checked(Gene gene) { return gene; }

  static constexpr float kLevelsPerUnit = 1.0F;
  static Gene from_parameter(float parameter) {
    return static_cast<Gene>(std::nearbyint(std::clamp(parameter, 0.0F, 255.0F)));
  }

  static void randomise(RngStream& rng, std::vector<Gene>* genes) {
    std::size_t i = 0;
    while (i < genes->size()) {
      std::uint32_t bits = rng.next_u32();
      for (int byte = 0; byte < 4 && i < genes->size(); ++byte, bits >>= 8) {
        (*genes)[i++] = static_cast<Gene>(bits & 255U);
      }
    }
  }

  Gene mutate(Gene gene, RngBatch& rng) const {
    return static_cast<Gene>(std::clamp(gene + step_(rng.next_u32()), 0, 255));
  }

 private:
  LevelStep step_;
};

struct RealGenes {
  using Gene = float;
  static constexpr char kTag = 'r';

  explicit RealGenes(const DirectSettings& settings) : eta_(settings.mutation_eta) {}

  static double value(Gene gene) { return static_cast<double>(gene); }
  static Gene from_value(double value) { return static_cast<Gene>(value); }
  static Gene checked(Gene gene) {
    if (!(gene >= 0.0F && gene <= 1.0F)) {
      fail(ErrorKind::kData, "direct genome: a gene is {}, expected 0..1", gene);
    }
    return gene;
  }

  static constexpr float kLevelsPerUnit = 255.0F;
  static Gene from_parameter(float parameter) { return std::clamp(parameter, 0.0F, 1.0F); }

  static void randomise(RngStream& rng, std::vector<Gene>* genes) {
    for (Gene& gene : *genes) gene = static_cast<float>(rng.next_u32() >> 8) * 0x1.0p-24F;
  }

  Gene mutate(Gene gene, RngBatch& rng) const {
    const double step = polynomial_step(rng.uniform(), eta_);
    return static_cast<Gene>(std::clamp(value(gene) + step, 0.0, 1.0));
  }

 private:
  double eta_;
};

template <typename Genes>
class DirectEncodingOf final : public DirectEncoding {
 public:
  using Gene = typename Genes::Gene;
  using Own = DirectGenome<Gene>;

  DirectEncodingOf(const DirectSettings& settings, const ImageShape& shape)
      : DirectEncoding(settings, shape), genes_(settings), at_full_rate_(settings.mutation_rate) {}

  GenomePtr random(const ItemAddress& address) const override {
    auto genome = std::make_shared<Own>();
    genome->genes.resize(shape_.size());
    RngStream rng = address.stream("direct.random");
    Genes::randomise(rng, &genome->genes);
    return genome;
  }

  GenomePtr vary(Span<const GenomePtr> parents, const ItemAddress& address) const override {
    auto child = std::make_shared<Own>();
    if (settings_.crossover == Crossover::kSbx) {
      child->genes = cross(own(*parents[0]).genes, own(*parents[1]).genes, address);
    } else {
      child->genes = own(*parents[0]).genes;
    }
    // The first batch of children is number 1 of the address and generation 0 of the paper.
    const double rate = settings_.rate_at(address.generation == 0 ? 0 : address.generation - 1);
    RngBatch rng(address.seed, "direct.mutate", address.generation, address.index);
    Gene* const genes = child->genes.data();
    const auto mutate = [&](std::size_t i) { genes[i] = genes_.mutate(genes[i], rng); };
    if (rate == settings_.mutation_rate) {
      at_full_rate_.visit(rng, child->genes.size(), mutate);
    } else {
      SomeGenes(rate).visit(rng, child->genes.size(), mutate);
    }
    return child;
  }

  const std::uint8_t* levels(const Genome& genome,
                             std::vector<std::uint8_t>* scratch) const override {
    const std::vector<Gene>& genes = own(genome).genes;
    if constexpr (std::is_same_v<Gene, std::uint8_t>) {
      return genes.data();
    } else {
      scratch->resize(genes.size());
      std::transform(genes.begin(), genes.end(), scratch->begin(),
                     [](Gene gene) { return level(gene); });
      return scratch->data();
    }
  }

  float levels_per_unit() const override { return Genes::kLevelsPerUnit; }

  std::vector<float> parameters(const Genome& genome) const override {
    const std::vector<Gene>& genes = own(genome).genes;
    return {genes.begin(), genes.end()};
  }

  GenomePtr with_parameters(const Genome& genome, Span<const float> parameters) const override {
    auto changed = std::make_shared<Own>();
    changed->genes = own(genome).genes;
    if (parameters.size() != changed->genes.size()) {
      fail(ErrorKind::kInternal, "{} parameters for a direct genome of {} genes", parameters.size(),
           changed->genes.size());
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      // What is not a number leaves the gene as it was.
      if (!std::isnan(parameters[i])) changed->genes[i] = Genes::from_parameter(parameters[i]);
    }
    return changed;
  }

  Json to_json(const Genome& genome) const override {
    const std::string bytes = encode(genome);
    return {{"genes", kGenesName},
            {"height", shape_.height},
            {"width", shape_.width},
            {"channels", shape_.channels},
            {"data", pack_text(std::string_view(bytes).substr(1))}};
  }

  GenomePtr from_json(const Json& json) const override {
    const Json expected = {{"genes", kGenesName},
                           {"height", shape_.height},
                           {"width", shape_.width},
                           {"channels", shape_.channels}};
    if (!json.is_object())
      fail(ErrorKind::kData, "direct genome: expected an object, found {}", json.type_name());
    for (const auto& [key, value] : expected.items()) {
      const auto found = json.find(key);
      if (found == json.end() || *found != value) {
        fail(ErrorKind::kData, "direct genome: expected {} {}, found {}", key, value.dump(),
             found == json.end() ? "nothing" : found->type_name() + (": " + shortened(*found)));
      }
    }
    const auto data = json.find("data");
    if (data == json.end() || !data->is_string())
      fail(ErrorKind::kData, "direct genome: there is no text \"data\"");
    return decode(Genes::kTag + unpack_text(data->get_ref<const std::string&>(),
                                            shape_.size() * sizeof(Gene), "direct genome"));
  }

  // A letter for the kind of genes, then the genes (real ones as little-endian floats).
  std::string encode(const Genome& genome) const override {
    const std::vector<Gene>& genes = own(genome).genes;
    std::string bytes(1 + genes.size() * sizeof(Gene), Genes::kTag);
    std::memcpy(bytes.data() + 1, genes.data(), genes.size() * sizeof(Gene));
    return bytes;
  }

  GenomePtr decode(std::string_view bytes) const override {
    const std::size_t size = 1 + shape_.size() * sizeof(Gene);
    if (bytes.size() != size || bytes[0] != Genes::kTag) {
      fail(ErrorKind::kData, "direct genome: expected {} bytes with {} genes, found {} bytes{}",
           size, kGenesName, bytes.size(), bytes.size() == size ? " of another kind" : "");
    }
    auto genome = std::make_shared<Own>();
    genome->genes.resize(shape_.size());
    std::memcpy(genome->genes.data(), bytes.data() + 1, bytes.size() - 1);
    for (const Gene gene : genome->genes) Genes::checked(gene);
    return genome;
  }

 private:
  static constexpr const char* kGenesName = std::is_same_v<Gene, float> ? "real" : "integer";

  static std::string shortened(const Json& json) { return json.dump().substr(0, 40); }

  static const Own& own(const Genome& genome) { return genome_cast<Own>(genome, "direct"); }

  // The child of the pair that the address stands for: the first for an even index, the second for
  // an odd one.
  std::vector<Gene> cross(const std::vector<Gene>& a, const std::vector<Gene>& b,
                          const ItemAddress& address) const {
    const bool second = address.index % 2 != 0;
    const ItemAddress pair{address.seed, address.generation, address.index - (second ? 1U : 0U)};
    RngStream rng = pair.stream("direct.crossover");
    if (!rng.bernoulli(settings_.crossover_probability)) {
      const bool swapped = rng.bernoulli(0.5);
      return second != swapped ? b : a;
    }
    std::vector<Gene> child(a.size());
    for (std::size_t i = 0; i < child.size(); ++i) {
      if (a[i] == b[i]) {
        child[i] = settings_.sbx_equal_genes_quirk ? Genes::from_value(0.5) : a[i];
        continue;
      }
      const double spread = rng.uniform();
      const bool swapped = (rng.next_u32() & 1U) != 0;
      const auto [low, high] =
          sbx(Genes::value(a[i]), Genes::value(b[i]), spread, settings_.crossover_eta);
      child[i] = Genes::from_value(second != swapped ? high : low);
    }
    return child;
  }

  Genes genes_;
  SomeGenes at_full_rate_;
};

std::unique_ptr<Encoding> make_direct(const Json& json, const ImageShape& shape) {
  if (shape.channels != 1 && shape.channels != 3) {
    fail(ErrorKind::kConfig, "the direct encoding draws images of 1 or 3 channels, not of {}",
         shape.channels);
  }
  const DirectSettings settings(json);
  if (settings.integer_genes)
    return std::make_unique<DirectEncodingOf<IntegerGenes>>(settings, shape);
  return std::make_unique<DirectEncodingOf<RealGenes>>(settings, shape);
}

const ParameterTable kParameters = {
    param("genes", "integer",
          "Whole numbers 0..255, or real ones in [0, 1] at four times the memory.")
        .one_of({"integer", "real"})
        .cite("integer: paper, section 2.2; real: released code, gen/evo_float_image.hpp"),
    param("color_space", "hsv", "What a colour pixel's three genes mean.")
        .one_of({"hsv", "hls", "rgb"})
        .cite("hsv: paper, section 2.2; hls: released code, phen/phen_image_direct.hpp:89"),
    param("hue_scale", 180,
          "Hue steps of two degrees at a full hue gene; past 180 the circle wraps.")
        .range(1, 255)
        .cite("255: released code, phen/phen_image_direct.hpp:124; 180 goes round the circle once"),
    param("mutation_rate", 0.1, "Probability that a gene mutates.")
        .range(0, 1)
        .cite("paper, section 2.2; released code, gen/evo_float_image.hpp:84"),
    param("mutation_eta", 15.0,
          "Distribution index of the polynomial mutation; a larger one makes smaller steps.")
        .range(0, 1000)
        .cite("paper, section 2.2 (\"mutation strength 15\"); released code, "
              "dl_map_elites_images_imagenet_direct_encoding.cpp:62"),
    param("mutation_halving_period", 1000,
          "Generations after which the mutation rate halves; 0 = never.")
        .at_least(0)
        .cite("paper, section 2.2; the released code never halves"),
    param("crossover", "none", "How two parents are mixed before the mutation.")
        .one_of({"none", "sbx"})
        .cite("none: the paper mentions no crossover; sbx: released code, "
              "gen/evo_float_image.hpp:187"),
    param("crossover_probability", 0.5,
          "Probability that a pair of parents is crossed rather than copied.")
        .range(0, 1)
        .cite("released code, dl_map_elites_images_imagenet_direct_encoding.cpp:56-63"),
    param("crossover_eta", 10.0,
          "Distribution index of the crossover; a larger one keeps children near the parents.")
        .range(0, 1000)
        .cite("released code, dl_map_elites_images_imagenet_direct_encoding.cpp:56-63"),
    param("sbx_equal_genes_quirk", false,
          "Crossover sets genes that are equal in both parents to one half.")
        .cite("released code, gen/evo_float_image.hpp:199-236"),
};

const std::map<std::string, Json> kPresets = {
    {"paper",
     {{"genes", "integer"},
      {"color_space", "hsv"},
      {"hue_scale", 180},
      {"mutation_rate", 0.1},
      {"mutation_eta", 15.0},
      {"mutation_halving_period", 1000},
      {"crossover", "none"}}},
    {"released-code",
     {{"genes", "real"},
      {"color_space", "hls"},
      {"hue_scale", 255},
      {"mutation_rate", 0.1},
      {"mutation_eta", 15.0},
      {"mutation_halving_period", 0},
      {"crossover", "sbx"},
      {"crossover_probability", 0.5},
      {"crossover_eta", 10.0},
      {"sbx_equal_genes_quirk", true}}},
};

FOOL_REGISTER(EncodingRegistry,
              {"direct", "One gene per pixel and channel.", kParameters, kPresets, make_direct});

}  // namespace
}  // namespace fool
