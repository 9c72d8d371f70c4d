// For searches that follow gradients: an encoding whose pictures change smoothly with some numbers
// of their genome. Encoding::differentiable() gives it where there is one.
#pragma once

#include <vector>

#include "fool/core/span.h"
#include "fool/encoding/encoding.h"

namespace fool {

// Stateless like the encoding itself: callable from several threads at once.
class Differentiable {
 public:
  virtual ~Differentiable() = default;

  // The numbers that a gradient is taken by, in a fixed order: [D]. D may differ between genomes.
  virtual std::vector<float> parameters(const Genome& genome) const = 0;
  virtual std::size_t parameter_count(const Genome& genome) const {
    return parameters(genome).size();
  }

  // The same genome with these numbers, [D]; what is beyond the encoding's range becomes its bound.
  virtual GenomePtr with_parameters(const Genome& genome, Span<const float> parameters) const = 0;

  // The same picture by a genome with more parameters, so that a gradient has more to move; null
  // where this one has enough of them or the encoding has no others.
  virtual GenomePtr widened(const Genome& /*genome*/, const ItemAddress& /*address*/) const {
    return nullptr;
  }

  // The vector-Jacobian product: from the gradient of anything by the pixels' levels 0..255, as
  // [H, W, C] of the encoding's shape, to its gradient by the parameters, [D]. Rounding to whole
  // levels counts as the identity ("straight-through", Bengio et al. 2013). The readable reference:
  // one pixel after the other.
  virtual void pull_back(const Genome& genome, Span<const float> pixel_gradient,
                         Span<float> gradient) const = 0;
};

}  // namespace fool
