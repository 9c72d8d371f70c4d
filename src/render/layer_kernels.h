// The inner loops of dense CPPNs and of reverse-mode differentiation, each compiled for several
// instruction sets from the one source layer_kernels.inl. All of them give the same bits. A tile's
// numbers are rows of n pixels one behind the other: [row][n], n a multiple of Kernels::kLanes.
#pragma once

#include <string_view>

#include "encoding/activation.h"
#include "encoding/color.h"
#include "render/kernels.h"

namespace fool {

struct LayerKernels {
  std::string_view target;  // "avx512"

  // The sums of a dense layer: out[u][p] = weights[u][0] in[0][p] + weights[u][1] in[1][p] + ... +
  // weights[u][inputs], added from left to right. weights: [units][inputs + 1].
  void (*layer)(const float* weights, int inputs, int units, const float* in, float* out, int n);

  // Its reverse: out[i][p] = weights[0][i] gradient[0][p] + weights[1][i] gradient[1][p] + ..., the
  // gradient by the inputs. out: [inputs][n].
  void (*layer_back)(const float* weights, int inputs, int units, const float* gradient, float* out,
                     int n);

  // The gradient by the weights: totals[u][i][p % kLanes] += gradient[u][p] in[i][p], and
  // totals[u][inputs][p % kLanes] += gradient[u][p], p in order. totals: [units][inputs +
  // 1][kLanes].
  void (*layer_weights)(const float* in, int inputs, const float* gradient, int units,
                        float* totals, int n);

  // out[p] = weights[0] sources[0][p] + weights[1] sources[1][p] + ..., 0 without edges.
  void (*sum)(const float* const* sources, const float* weights, int edges, float* out, int n);

  // The reverse of that: source_gradients[e][p] += weights[e] gradient[p] and
  // totals[e][p % kLanes] += gradient[p] sources[e][p], edge after edge. totals: [edges][kLanes].
  void (*sum_back)(const float* const* sources, const float* weights, int edges,
                   const float* gradient, float* const* source_gradients, float* totals, int n);

  // out[p] = activation(in[p]). out may be in.
  void (*activate)(Activation activation, SumSize size, const float* in, float* out, int n);

  // gradient[p] *= the slope of the activation of sums[p], which is values[p].
  void (*activate_back)(Activation activation, SumSize size, const float* sums, const float* values,
                        float* gradient, int n);

  // first[p], second[p] = the two numbers of a composite unit (composite.h). first may be in.
  void (*composite)(const float* in, float* first, float* second, int n);

  // out[p] = the gradient by sums[p], from those by the two numbers. out may be by_first.
  void (*composite_back)(const float* sums, const float* by_first, const float* by_second,
                         float* out, int n);

  // out[p] = in[p] * factor + offset. out may be in.
  void (*scale)(const float* in, float factor, float offset, float* out, int n);

  // out[p] = |values[p]| * 255; and its reverse: gradient[p] *= 255, or -255 where values[p] < 0.
  void (*level_numbers)(const float* values, float* out, int n);
  void (*level_numbers_back)(const float* values, float* gradient, int n);

  // From the gradients by red, green and blue to those by the numbers 0..255 that were read as a
  // colour (color_gradient.h), in the places of the former.
  void (*color_back)(const ColorRule& rule, const float* first, const float* second,
                     const float* third, float* red, float* green, float* blue, int n);
};

// Those for the processor that `kernels` are for.
const LayerKernels& layer_kernels(const Kernels& kernels);

// What kLanes totals add up to, in a fixed order.
FOOL_ALWAYS_INLINE float add_lanes(const float* totals) {
  static_assert(Kernels::kLanes == 16);
  float sums[8];
  for (int i = 0; i < 8; ++i) sums[i] = totals[i] + totals[i + 8];
  for (int i = 0; i < 4; ++i) sums[i] = sums[i] + sums[i + 4];
  return (sums[0] + sums[2]) + (sums[1] + sums[3]);
}

}  // namespace fool
