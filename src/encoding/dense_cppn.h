// The dense CPPN encoding: a fixed small multilayer network of a pixel's coordinates draws the
// picture, and its weights are the genome. Made for searches that follow gradients. Private to
// encoding and render.
#pragma once

#include <vector>

#include "encoding/activation.h"
#include "encoding/color_rule.h"
#include "encoding/cppn_coordinates.h"
#include "fool/encoding/differentiable.h"
#include "fool/encoding/encoding.h"

namespace fool {

// Layer by layer from the inputs on, unit by unit: the weights of the unit's inputs, then its bias.
struct DenseCppnGenome : Genome {
  std::vector<float> weights;
};

// value = activation(w0 v0 + w1 v1 + ... + bias), where each w is the genome's weight times the
// layer's scale, rounded; each product is rounded, then added, from left to right.
struct DenseLayer {
  // Units that follow each other and have one activation.
  struct Run {
    Activation activation = Activation::kSine;
    int first = 0;
    int count = 0;
  };

  int inputs = 0;
  int units = 0;
  std::size_t first_weight = 0;  // in the genome
  float scale = 1.0F;
  // Each unit gives two values instead of one (composite.h): first the first ones of all units,
  // then the second ones. Else: the runs, which cover all units.
  bool is_composite = false;
  std::vector<Run> runs;

  int values() const { return is_composite ? 2 * units : units; }
  std::size_t weights() const {
    return static_cast<std::size_t>(inputs + 1) * static_cast<std::size_t>(units);
  }
};

class DenseCppnEncoding final : public Encoding, public Differentiable {
 public:
  DenseCppnEncoding(const Json& settings, const ImageShape& shape);

  std::string_view name() const override { return "dense-cppn"; }
  const ImageShape& shape() const override { return shape_; }
  int parents() const override { return 1; }

  GenomePtr random(const ItemAddress& address) const override;
  GenomePtr vary(Span<const GenomePtr> parents, const ItemAddress& address) const override;
  void render(const Genome& genome, ImageView out) const override;
  void render_at(const Genome& genome, ImageView out) const override;
  Json to_json(const Genome& genome) const override;
  GenomePtr from_json(const Json& json) const override;
  std::string encode(const Genome& genome) const override;
  GenomePtr decode(std::string_view bytes) const override;
  const Differentiable* differentiable() const override { return this; }

  // The parameters are the weights in the genome's order.
  std::vector<float> parameters(const Genome& genome) const override;
  std::size_t parameter_count(const Genome& /*genome*/) const override { return weights(); }
  GenomePtr with_parameters(const Genome& genome, Span<const float> parameters) const override;
  void pull_back(const Genome& genome, Span<const float> pixel_gradient,
                 Span<float> gradient) const override;

  // For renderers and differentiators. The last layer's values are what is drawn.
  const std::vector<DenseLayer>& layers() const { return layers_; }
  std::size_t weights() const;
  std::vector<float> scaled_weights(const Genome& genome) const;  // the w of DenseLayer
  CppnCoordinates coordinates(int height, int width) const;
  bool sees_distance() const { return distance_; }  // inputs: x, y and perhaps d
  const ColorRule& color() const { return color_; }

 private:
  GenomePtr checked(std::vector<float> weights) const;
  Json header() const;
  void set_inputs(const CppnCoordinates& at, int row, int column, float* inputs) const;

  ImageShape shape_;
  Json settings_;
  bool distance_ = false;
  float weight_range_ = 0.0F;
  double mutation_rate_ = 0;
  double mutation_sigma_ = 0;
  ColorRule color_;
  std::vector<DenseLayer> layers_;
};

// A value in [-1, 1] as a number of [0, 1] that level() makes the nearest of the levels 0..255 of,
// and the number 0..255 that is rounded there.
inline constexpr float kDenseUnitFactor = 0.5F;
inline constexpr float kDenseUnitOffset = 0.5F + 0.5F / 255.0F;
inline constexpr float kDenseLevels = 127.5F;
FOOL_ALWAYS_INLINE float dense_unit(float value) {
  return value * kDenseUnitFactor + kDenseUnitOffset;
}
FOOL_ALWAYS_INLINE float dense_level_number(float value) {
  return value * kDenseLevels + kDenseLevels;
}

}  // namespace fool
