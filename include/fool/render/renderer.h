// A fast equal of Encoding::render: the same bits, for many genomes at a time. Chosen by name or by
// "auto"; the "reference" renderer, which calls Encoding::render, is there for every encoding.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fool/core/image.h"
#include "fool/core/span.h"
#include "fool/encoding/encoding.h"

namespace fool {

// Not thread-safe: a worker has its own.
class Renderer {
 public:
  virtual ~Renderer() = default;

  virtual std::string name() const = 0;  // including what it runs on, such as "tiled-avx512"

  // Draws genomes[i] into out[i], i < genomes.size() <= out.count(). out has the encoding's shape.
  virtual void render(Span<const GenomePtr> genomes, ImageBatch& out) = 0;
};

// name: "auto" (the fastest that fits the encoding), one of renderer_names(), or the beginning of
// one: "tiled" is the fastest of "tiled-avx512", "tiled-avx2" and "tiled-baseline". Throws
// Error(kConfig) if there is none of that name or it cannot draw this encoding. The encoding must
// outlive it.
std::unique_ptr<Renderer> make_renderer(const std::string& name, const Encoding& encoding);

// The renderers that can draw this encoding on this machine, fastest first.
std::vector<std::string> renderer_names(const Encoding& encoding);

}  // namespace fool
