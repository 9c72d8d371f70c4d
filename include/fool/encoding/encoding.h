// What evolution works on: a Genome describes one image, an Encoding makes, varies and draws
// genomes. It knows no network and no search.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "fool/core/image.h"
#include "fool/core/json.h"
#include "fool/core/registry.h"
#include "fool/core/rng.h"
#include "fool/core/span.h"

namespace fool {

// Immutable once made, and shared freely between items, elites and threads.
class Genome {
 public:
  virtual ~Genome() = default;
};
using GenomePtr = std::shared_ptr<const Genome>;

class Differentiable;

// Where the random numbers of one item come from.
struct ItemAddress {
  std::uint64_t seed = 0;
  std::uint32_t generation = 0;  // 0 = the initial population, 1 = the first batch of children
  std::uint32_t index = 0;       // of the item in its generation

  RngStream stream(std::string_view name) const { return {seed, name, generation, index}; }
};

// Stateless: every member function is const and may be called from several threads at once. A
// genome passed in must come from an encoding of the same type and settings.
class Encoding {
 public:
  virtual ~Encoding() = default;

  virtual std::string_view name() const = 0;
  virtual const ImageShape& shape() const = 0;  // of the images it draws

  // How many parents a child has: 1, or 2 where there is a crossover.
  virtual int parents() const = 0;

  virtual GenomePtr random(const ItemAddress& address) const = 0;

  // A child of `parents` (as many as parents() says; they may be the same genome). Where there are
  // two, the items 2j and 2j + 1 of a generation are the two children of one pair: both get the
  // same parents in the same order, and the crossover draws from the address of item 2j.
  virtual GenomePtr vary(Span<const GenomePtr> parents, const ItemAddress& address) const = 0;

  // The readable reference: one pixel after the other, no cleverness. out: [H, W, C] of shape().
  virtual void render(const Genome& genome, ImageView out) const = 0;

  // The same picture in another size; the direct encoding, which has no other size, throws
  // Error(kUsage).
  virtual void render_at(const Genome& genome, ImageView out) const = 0;

  // For people and for PNG text chunks. from_json throws Error(kData) on anything that is not a
  // valid genome.
  virtual Json to_json(const Genome& genome) const = 0;
  virtual GenomePtr from_json(const Json& json) const = 0;

  // For checkpoints and messages: a compact byte string that decode() turns into an equal genome.
  // decode throws Error(kData).
  virtual std::string encode(const Genome& genome) const = 0;
  virtual GenomePtr decode(std::string_view bytes) const = 0;

  // How to differentiate its pictures, see differentiable.h; null where that is not possible.
  virtual const Differentiable* differentiable() const { return nullptr; }
};

using EncodingRegistry = Registry<Encoding, const ImageShape&>;

}  // namespace fool
