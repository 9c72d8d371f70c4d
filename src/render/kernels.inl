// The inner loops, included once per instruction set by kernels_*.cc, which names
// FOOL_KERNEL_TARGET. Nothing here may call a function that is not inlined: the linker would keep
// one copy of it, built for whichever processor.

#include <cstring>
#include <type_traits>

#include "render/kernels.h"
#include "render/lanes.inl"

namespace fool {
namespace {

template <typename Real, Activation kActivation, SumSize kSize>
FOOL_ALWAYS_INLINE void compute(const float* const* sources, const float* weights, int edges,
                                float* out, int p) {
  Real sum = edges == 0 ? Real(0.0F) : Real::load(sources[0] + p) * weights[0];
  for (int e = 1; e < edges; ++e) sum = sum + Real::load(sources[e] + p) * weights[e];
  activate<kActivation, kSize>(sum).store(out + p);
}

template <Activation kActivation, SumSize kSize>
void compute_all(const float* const* sources, const float* weights, int edges, float* out, int n) {
  int p = 0;
  for (; p + Pack::kCount <= n; p += Pack::kCount) {
    compute<Pack, kActivation, kSize>(sources, weights, edges, out, p);
  }
  for (; p < n; p += Lanes::kCount) {
    compute<Lanes, kActivation, kSize>(sources, weights, edges, out, p);
  }
}

template <Activation kActivation>
FOOL_ALWAYS_INLINE void compute_all(SumSize size, const float* const* sources, const float* weights,
                                    int edges, float* out, int n) {
  switch (size) {
    case SumSize::kAny:
      return compute_all<kActivation, SumSize::kAny>(sources, weights, edges, out, n);
    case SumSize::kSmall:
      return compute_all<kActivation, SumSize::kSmall>(sources, weights, edges, out, n);
  }
}

void node(Activation activation, SumSize size, const float* const* sources, const float* weights,
          int edges, float* out, int n) {
  switch (activation) {
    case Activation::kSine:
      return compute_all<Activation::kSine>(size, sources, weights, edges, out, n);
    case Activation::kSigmoid:
      return compute_all<Activation::kSigmoid>(size, sources, weights, edges, out, n);
    case Activation::kGaussian:
      return compute_all<Activation::kGaussian>(size, sources, weights, edges, out, n);
    case Activation::kLinear:
      return compute_all<Activation::kLinear>(size, sources, weights, edges, out, n);
    case Activation::kTanh:
      return compute_all<Activation::kTanh>(size, sources, weights, edges, out, n);
    case Activation::kRelu:
      return compute_all<Activation::kRelu>(size, sources, weights, edges, out, n);
  }
}

void levels(const float* values, std::uint8_t* out, int n) {
  for (int p = 0; p < n; ++p) out[p] = level(values[p]);
}

// Pixels are converted some at a time, with one in each 32 bits: its three bytes from the lowest
// on. All are as many as a register holds, or more, so that the loops over them have no tail.
constexpr int kChunk = 256;
static_assert(kChunk % Kernels::kLanes == 0);

#if defined(__AVX512BW__)
// Between 3 bytes and 4 bytes a pixel, in each quarter of a register.
FOOL_ALWAYS_INLINE __m512i packed_bytes() {
  return _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
}
FOOL_ALWAYS_INLINE __m512i unpacked_bytes() {
  return _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1));
}
#elif defined(__AVX2__)
FOOL_ALWAYS_INLINE __m256i packed_bytes() {
  return _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
}
FOOL_ALWAYS_INLINE __m256i unpacked_bytes() {
  return _mm256_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1,  //
                          4, 5, 6, -1, 7, 8, 9, -1, 10, 11, 12, -1, 13, 14, 15, -1);
}
#endif

void pack(const std::uint32_t* pixels, std::uint8_t* out, int n) {
  int p = 0;
#if defined(__AVX512BW__)
  const __m512i words = _mm512_setr_epi32(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15);
  for (; p + 16 <= n; p += 16) {
    const __m512i x = _mm512_shuffle_epi8(_mm512_loadu_si512(pixels + p), packed_bytes());
    _mm512_mask_storeu_epi32(out + 3 * p, 0xFFF, _mm512_permutexvar_epi32(words, x));
  }
#elif defined(__AVX2__)
  const __m256i words = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
  for (; p + 8 <= n; p += 8) {
    const __m256i x = _mm256_shuffle_epi8(
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(pixels + p)), packed_bytes());
    const __m256i y = _mm256_permutevar8x32_epi32(x, words);
    auto* to = reinterpret_cast<__m128i*>(out + 3 * p);
    _mm_storeu_si128(to, _mm256_castsi256_si128(y));
    _mm_storel_epi64(to + 1, _mm256_extracti128_si256(y, 1));
  }
#endif
  for (; p < n; ++p) {
    out[3 * p] = static_cast<std::uint8_t>(pixels[p]);
    out[3 * p + 1] = static_cast<std::uint8_t>(pixels[p] >> 8);
    out[3 * p + 2] = static_cast<std::uint8_t>(pixels[p] >> 16);
  }
}

void unpack(const std::uint8_t* in, std::uint32_t* pixels, int n) {
  int p = 0;
#if defined(__AVX512BW__)
  const __m512i words = _mm512_setr_epi32(0, 1, 2, 12, 3, 4, 5, 12, 6, 7, 8, 12, 9, 10, 11, 12);
  for (; p + 16 <= n; p += 16) {
    const __m512i x = _mm512_maskz_loadu_epi32(0xFFF, in + 3 * p);
    const __m512i y = _mm512_shuffle_epi8(_mm512_permutexvar_epi32(words, x), unpacked_bytes());
    _mm512_storeu_si512(pixels + p, y);
  }
#elif defined(__AVX2__)
  for (; p + 8 <= n; p += 8) {
    const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 3 * p));
    const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 3 * p + 8));
    const __m256i x = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), unpacked_bytes());
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(pixels + p), x);
  }
#endif
  for (; p < n; ++p) {
    pixels[p] = static_cast<std::uint32_t>(in[3 * p] | in[3 * p + 1] << 8 | in[3 * p + 2] << 16);
  }
}

template <ColorSpace kSpace>
FOOL_ALWAYS_INLINE std::uint32_t rgb_pixel(int hue_scale, std::int32_t first, std::int32_t second,
                                           std::int32_t third) {
  const auto rgb = to_rgb_levels<kSpace>(hue_scale, first, second, third);
  return static_cast<std::uint32_t>(rgb.r | rgb.g << 8 | rgb.b << 16);
}

int whole_lanes(int n) { return (n + Kernels::kLanes - 1) / Kernels::kLanes * Kernels::kLanes; }

template <ColorSpace kSpace>
void colors_in(int hue_scale, const float* first, const float* second, const float* third,
               std::uint8_t* out, int n) {
  alignas(64) std::uint32_t pixels[kChunk];
  for (int begin = 0; begin < n; begin += kChunk) {
    const int count = n - begin < kChunk ? n - begin : kChunk;
    const int most = whole_lanes(count);
    for (int p = 0; p < most; ++p) {
      pixels[p] = rgb_pixel<kSpace>(hue_scale, whole_level(first[begin + p]),
                                    whole_level(second[begin + p]), whole_level(third[begin + p]));
    }
    pack(pixels, out + 3 * begin, count);
  }
}

template <ColorSpace kSpace>
void packed_colors_in(int hue_scale, const std::uint8_t* in, std::uint8_t* out, int n) {
  alignas(64) std::uint32_t pixels[kChunk] = {};
  for (int begin = 0; begin < n; begin += kChunk) {
    const int count = n - begin < kChunk ? n - begin : kChunk;
    const int most = whole_lanes(count);
    unpack(in + 3 * begin, pixels, count);
    for (int p = 0; p < most; ++p) {
      const auto bytes = static_cast<std::int32_t>(pixels[p]);
      pixels[p] = rgb_pixel<kSpace>(hue_scale, bytes & 255, bytes >> 8 & 255, bytes >> 16);
    }
    pack(pixels, out + 3 * begin, count);
  }
}

void colors(const ColorRule& rule, const float* first, const float* second, const float* third,
            std::uint8_t* out, int n) {
  const int scale = rule.hue_scale;
  switch (rule.space) {
    case ColorSpace::kRgb:
      return colors_in<ColorSpace::kRgb>(scale, first, second, third, out, n);
    case ColorSpace::kHsv:
      return colors_in<ColorSpace::kHsv>(scale, first, second, third, out, n);
    case ColorSpace::kHls:
      return colors_in<ColorSpace::kHls>(scale, first, second, third, out, n);
  }
}

void packed_colors(const ColorRule& rule, const std::uint8_t* in, std::uint8_t* out, int n) {
  switch (rule.space) {
    case ColorSpace::kRgb:
      std::memcpy(out, in, static_cast<std::size_t>(n) * 3);
      return;
    case ColorSpace::kHsv:
      return packed_colors_in<ColorSpace::kHsv>(rule.hue_scale, in, out, n);
    case ColorSpace::kHls:
      return packed_colors_in<ColorSpace::kHls>(rule.hue_scale, in, out, n);
  }
}

constexpr Kernels kThisTarget = {FOOL_KERNEL_TARGET, node, levels, colors, packed_colors};

}  // namespace
}  // namespace fool
