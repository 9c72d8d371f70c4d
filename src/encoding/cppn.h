// The CPPN encoding: a network of functions of a pixel's coordinates draws the picture. Private to
// encoding and render.
#pragma once

#include "encoding/color_rule.h"
#include "encoding/cppn_coordinates.h"
#include "encoding/cppn_mutation.h"
#include "encoding/cppn_program.h"
#include "fool/encoding/differentiable.h"
#include "fool/encoding/encoding.h"

namespace fool {

class CppnEncoding final : public Encoding, public Differentiable {
 public:
  CppnEncoding(const Json& settings, const ImageShape& shape);

  std::string_view name() const override { return "cppn"; }
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

  // The parameters are the weights of the graph's edges in its order, those that reach no output
  // included.
  std::vector<float> parameters(const Genome& genome) const override;
  std::size_t parameter_count(const Genome& genome) const override;
  GenomePtr with_parameters(const Genome& genome, Span<const float> parameters) const override;
  // By sine nodes, see cppn_widening.h; none where the settings allow no sine.
  GenomePtr widened(const Genome& genome, const ItemAddress& address) const override;
  void pull_back(const Genome& genome, Span<const float> pixel_gradient,
                 Span<float> gradient) const override;

  // For renderers and differentiators.
  CppnProgram compile(const Genome& genome) const;
  CppnCoordinates coordinates(int height, int width) const;
  const ColorRule& color() const { return color_; }

 private:
  GenomePtr checked(CppnGraph graph) const;

  ImageShape shape_;
  CppnMutation mutation_;
  CoordinateRule coordinate_rule_;
  ColorRule color_;
};

}  // namespace fool
