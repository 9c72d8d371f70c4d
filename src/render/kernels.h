// The inner loops of the fast renderers, each compiled for several instruction sets from the one
// source kernels.inl. All of them give the same bits.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "encoding/activation.h"
#include "encoding/color.h"

namespace fool {

struct Kernels {
  // Rows of floats are multiples of this long, so that no loop needs a tail.
  static constexpr int kLanes = 16;

  std::string_view target;  // "avx512"

  // out[p] = activation(sum over e of weights[e] * sources[e][p]), p < n; n is a multiple of
  // kLanes. The products are added from left to right. `out` is none of the sources.
  void (*node)(Activation activation, SumSize size, const float* const* sources,
               const float* weights, int edges, float* out, int n);

  // out[p] = level(values[p]), p < n.
  void (*levels)(const float* values, std::uint8_t* out, int n);

  // The levels of three numbers, read as a colour -> pixels R, G, B, R, ...; n pixels.
  void (*colors)(const ColorRule& rule, const float* first, const float* second, const float* third,
                 std::uint8_t* out, int n);

  // The same of bytes that lie as pixels: first, second, third, first, ...
  void (*packed_colors)(const ColorRule& rule, const std::uint8_t* in, std::uint8_t* out, int n);
};

// Those that this processor can run, fastest first.
std::vector<const Kernels*> available_kernels();

}  // namespace fool
