// Where renderers make themselves known. A new one is one file that ends with register_renderer().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fool/render/renderer.h"

namespace fool {

struct RendererChoice {
  std::string name;  // with what it runs on, such as "tiled-avx512"
  std::function<std::unique_ptr<Renderer>(const Frame& frame)> make;
};

// What a renderer's file has for an encoding on this machine, fastest first; nothing if it cannot
// draw it.
using RendererOffer = std::function<std::vector<RendererChoice>(const Encoding& encoding)>;

inline constexpr int kReferenceRank = 0;
inline constexpr int kVectorRank = 100;

// Of two offers for an encoding the one of the higher rank is the faster one. Returns true.
bool register_renderer(int rank, RendererOffer offer);

// Throws Error(kInternal) unless the window is a part of a picture that the encoding can draw.
void check_frame(const Frame& frame, const Encoding& encoding);

// Throws Error(kInternal) unless the genomes fit into the images and these have the frame's shape.
void check_render_call(const Frame& frame, Span<const GenomePtr> genomes, const ImageBatch& out);

}  // namespace fool
