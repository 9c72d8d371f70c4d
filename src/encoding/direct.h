// The direct encoding: one gene per pixel and channel. Private to encoding and render.
#pragma once

#include <vector>

#include "encoding/color_rule.h"
#include "fool/encoding/differentiable.h"
#include "fool/encoding/encoding.h"

namespace fool {

enum class Crossover { kNone, kSbx };

struct DirectSettings {
  explicit DirectSettings(const Json& settings);

  // Of generation g of children (the paper's count: the first batch is 0).
  double rate_at(std::uint32_t generation) const;

  bool integer_genes = true;
  ColorRule color;
  double mutation_rate = 0;
  double mutation_eta = 0;
  int mutation_halving_period = 0;
  Crossover crossover = Crossover::kNone;
  double crossover_probability = 0;
  double crossover_eta = 0;
  bool sbx_equal_genes_quirk = false;
};

// Genes in the order of the picture: row by row, a pixel's channels together. (The released code
// goes column by column; as all genes are alike, nobody can tell.)
template <typename Gene>
struct DirectGenome : Genome {
  std::vector<Gene> genes;
};

// The parameters of a genome are its genes in their own unit: 0..255 where they are integers, which
// a parameter is rounded to, and 0..1 where they are real.
class DirectEncoding : public Encoding, public Differentiable {
 public:
  DirectEncoding(const DirectSettings& settings, const ImageShape& shape)
      : settings_(settings), shape_(shape) {}

  std::string_view name() const final { return "direct"; }
  const ImageShape& shape() const final { return shape_; }
  int parents() const final { return settings_.crossover == Crossover::kSbx ? 2 : 1; }
  const DirectSettings& settings() const { return settings_; }

  // The genes as bytes [H, W, C], before they are read as colours: the genome's own or, for real
  // genes, made in `scratch`.
  virtual const std::uint8_t* levels(const Genome& genome,
                                     std::vector<std::uint8_t>* scratch) const = 0;

  // Throws Error(kUsage) unless the picture has the encoding's shape.
  void require_own_shape(const ImageShape& picture) const;

  void render(const Genome& genome, ImageView out) const final;
  void render_at(const Genome& genome, ImageView out) const final;

  virtual float levels_per_unit() const = 0;  // of a gene
  const Differentiable* differentiable() const final { return this; }
  std::size_t parameter_count(const Genome& /*genome*/) const final { return shape_.size(); }
  void pull_back(const Genome& genome, Span<const float> pixel_gradient,
                 Span<float> gradient) const final;

 protected:
  DirectSettings settings_;
  ImageShape shape_;
};

}  // namespace fool
