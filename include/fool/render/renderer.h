// A fast equal of Encoding::render and render_at: the same bits, for many genomes at a time, and of
// a window alone if no more is needed. Chosen by name or by "auto"; the "reference" renderer, which
// calls the encoding, is there for every one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fool/core/image.h"
#include "fool/core/span.h"
#include "fool/encoding/encoding.h"
#include "fool/render/frame.h"

namespace fool {

// Not thread-safe: a worker has its own.
class Renderer {
 public:
  virtual ~Renderer() = default;

  virtual std::string name() const = 0;  // including what it runs on, such as "tiled-avx512"

  // Draws genomes[i] into out[i], i < genomes.size() <= out.count(). out has the frame's shape.
  virtual void render(Span<const GenomePtr> genomes, ImageBatch& out) = 0;
};

// name: "auto" (the fastest that fits the encoding), one of renderer_names(), or the beginning of
// one: "tiled" is the fastest of "tiled-avx512", "tiled-avx2" and "tiled-baseline". Throws
// Error(kConfig) if there is none of that name or it cannot draw this encoding, Error(kUsage) if
// the encoding cannot draw a canvas of that size. The encoding must outlive it. Without a frame:
// the whole picture, in the encoding's shape.
std::unique_ptr<Renderer> make_renderer(const std::string& name, const Encoding& encoding,
                                        const Frame& frame);
std::unique_ptr<Renderer> make_renderer(const std::string& name, const Encoding& encoding);

// The renderers that can draw this encoding on this machine, fastest first.
std::vector<std::string> renderer_names(const Encoding& encoding);

}  // namespace fool
