// A fast equal of Differentiable::pull_back, as a Renderer is of Encoding::render: for many genomes
// at a time, and of a window alone if no more was drawn. Sums over pixels may be in another order
// than the reference's, but the bits are the same on every processor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fool/core/span.h"
#include "fool/encoding/differentiable.h"
#include "fool/render/frame.h"

namespace fool {

// Not thread-safe: a worker has its own.
class Differentiator {
 public:
  virtual ~Differentiator() = default;

  virtual std::string name() const = 0;  // including what it runs on, such as "tiled-avx512"

  // gradients[i], [D of genomes[i]], from pixel_gradients[i], i < genomes.size().
  // pixel_gradients: [at least genomes.size(), H, W, C] of the frame's shape.
  virtual void pull_back(Span<const GenomePtr> genomes, Span<const float> pixel_gradients,
                         Span<const Span<float>> gradients) = 0;
};

// name: as for make_renderer. Throws Error(kConfig) if there is none of that name or the encoding
// has no gradient. The encoding must outlive it.
std::unique_ptr<Differentiator> make_differentiator(const std::string& name,
                                                    const Encoding& encoding, const Frame& frame);

// The differentiators for this encoding on this machine, fastest first; empty: it has no gradient.
std::vector<std::string> differentiator_names(const Encoding& encoding);

}  // namespace fool
