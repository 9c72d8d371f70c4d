// The inner loops, included once per instruction set by kernels_*.cc, which names
// FOOL_KERNEL_TARGET. Nothing here may call a function that is not inlined: the linker would keep
// one copy of it, built for whichever processor.

#include "render/kernels.h"

namespace fool {
namespace {

// out (+)= weights[0] * sources[0] + ... over kCount edges.
template <int kCount, bool kFirst>
void add_edges(const float* const* sources, const float* weights, float* __restrict out, int n) {
  const float* a = sources[0];
  const float* b = sources[kCount > 1 ? 1 : 0];
  const float* c = sources[kCount > 2 ? 2 : 0];
  const float* d = sources[kCount > 3 ? 3 : 0];
  const float wa = weights[0];
  const float wb = weights[kCount > 1 ? 1 : 0];
  const float wc = weights[kCount > 2 ? 2 : 0];
  const float wd = weights[kCount > 3 ? 3 : 0];
  for (int p = 0; p < n; ++p) {
    float sum = kFirst ? wa * a[p] : out[p] + wa * a[p];
    if constexpr (kCount > 1) sum = sum + wb * b[p];
    if constexpr (kCount > 2) sum = sum + wc * c[p];
    if constexpr (kCount > 3) sum = sum + wd * d[p];
    out[p] = sum;
  }
}

template <bool kFirst>
void add_up_to_four(const float* const* sources, const float* weights, int edges, float* out,
                    int n) {
  switch (edges) {
    case 1:
      return add_edges<1, kFirst>(sources, weights, out, n);
    case 2:
      return add_edges<2, kFirst>(sources, weights, out, n);
    case 3:
      return add_edges<3, kFirst>(sources, weights, out, n);
    default:
      return add_edges<4, kFirst>(sources, weights, out, n);
  }
}

template <Activation kActivation>
void activate_all(float* out, int n) {
  for (int p = 0; p < n; ++p) out[p] = activate<kActivation>(out[p]);
}

void node(Activation activation, const float* const* sources, const float* weights, int edges,
          float* out, int n) {
  n = n / Kernels::kLanes * Kernels::kLanes;  // tells the compiler that no tail is needed
  if (edges == 0) {
    for (int p = 0; p < n; ++p) out[p] = 0.0F;
  } else {
    add_up_to_four<true>(sources, weights, edges, out, n);
    for (int e = 4; e < edges; e += 4) {
      add_up_to_four<false>(sources + e, weights + e, edges - e, out, n);
    }
  }
  switch (activation) {
    case Activation::kSine:
      return activate_all<Activation::kSine>(out, n);
    case Activation::kSigmoid:
      return activate_all<Activation::kSigmoid>(out, n);
    case Activation::kGaussian:
      return activate_all<Activation::kGaussian>(out, n);
    case Activation::kLinear:
      return activate_all<Activation::kLinear>(out, n);
    case Activation::kTanh:
      return activate_all<Activation::kTanh>(out, n);
    case Activation::kRelu:
      return activate_all<Activation::kRelu>(out, n);
  }
}

void levels(const float* values, std::uint8_t* out, int n) {
  for (int p = 0; p < n; ++p) out[p] = level(values[p]);
}

// Pixels are converted as planes, some at a time, between the ways in which they are stored.
constexpr int kPlane = 256;

template <ColorSpace kSpace>
void convert(int hue_scale, const std::uint8_t* first, const std::uint8_t* second,
             const std::uint8_t* third, std::uint8_t* __restrict r, std::uint8_t* __restrict g,
             std::uint8_t* __restrict b, int n) {
  for (int p = 0; p < n; ++p) {
    const Rgb rgb = to_rgb<kSpace>(hue_scale, first[p], second[p], third[p]);
    r[p] = rgb.r;
    g[p] = rgb.g;
    b[p] = rgb.b;
  }
}

void colors(const ColorRule& rule, const std::uint8_t* first, const std::uint8_t* second,
            const std::uint8_t* third, std::uint8_t* out, int n) {
  alignas(64) std::uint8_t r[kPlane];
  alignas(64) std::uint8_t g[kPlane];
  alignas(64) std::uint8_t b[kPlane];
  for (int begin = 0; begin < n; begin += kPlane) {
    const int count = n - begin < kPlane ? n - begin : kPlane;
    switch (rule.space) {
      case ColorSpace::kRgb:
        convert<ColorSpace::kRgb>(rule.hue_scale, first, second, third, r, g, b, count);
        break;
      case ColorSpace::kHsv:
        convert<ColorSpace::kHsv>(rule.hue_scale, first, second, third, r, g, b, count);
        break;
      case ColorSpace::kHls:
        convert<ColorSpace::kHls>(rule.hue_scale, first, second, third, r, g, b, count);
        break;
    }
    for (int p = 0; p < count; ++p) {
      out[3 * p] = r[p];
      out[3 * p + 1] = g[p];
      out[3 * p + 2] = b[p];
    }
    first += count;
    second += count;
    third += count;
    out += 3 * count;
  }
}

void packed_colors(const ColorRule& rule, const std::uint8_t* in, std::uint8_t* out, int n) {
  alignas(64) std::uint8_t first[kPlane];
  alignas(64) std::uint8_t second[kPlane];
  alignas(64) std::uint8_t third[kPlane];
  for (int begin = 0; begin < n; begin += kPlane) {
    const int count = n - begin < kPlane ? n - begin : kPlane;
    for (int p = 0; p < count; ++p) {
      first[p] = in[3 * p];
      second[p] = in[3 * p + 1];
      third[p] = in[3 * p + 2];
    }
    colors(rule, first, second, third, out, count);
    in += 3 * count;
    out += 3 * count;
  }
}

constexpr Kernels kThisTarget = {FOOL_KERNEL_TARGET, node, levels, colors, packed_colors};

}  // namespace
}  // namespace fool
