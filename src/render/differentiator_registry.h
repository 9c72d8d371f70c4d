// Where differentiators make themselves known. A new one is one file that ends with
// register_differentiator().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fool/render/differentiator.h"
#include "render/renderer_registry.h"

namespace fool {

struct DifferentiatorChoice {
  std::string name;  // with what it runs on, such as "tiled-avx512"
  std::function<std::unique_ptr<Differentiator>(const Frame& frame)> make;
};

// What a file has for an encoding on this machine, fastest first; nothing if it does not know it.
using DifferentiatorOffer =
    std::function<std::vector<DifferentiatorChoice>(const Encoding& encoding)>;

// Ranks as of renderers. Returns true.
bool register_differentiator(int rank, DifferentiatorOffer offer);

// Throws Error(kInternal) unless there is a pixel gradient of the frame's shape for every genome,
// and as many gradients.
void check_pull_back_call(const Frame& frame, Span<const GenomePtr> genomes,
                          Span<const float> pixel_gradients, Span<const Span<float>> gradients);

// Throws Error(kInternal) unless there is room for as many numbers as a genome has parameters.
void check_gradient_size(std::size_t found, std::size_t parameters);

// The gradients by the pixels of one channel, of some pixels in a row: out[p] = from[p * channels].
inline void take_channel(const float* from, int channels, int pixels, float* out) {
  for (int p = 0; p < pixels; ++p) out[p] = from[static_cast<std::ptrdiff_t>(p) * channels];
}

}  // namespace fool
