// Compiled with -fmad=false and exact division and square roots: a picture drawn here has the bits
// of one drawn by a processor, because both compile the same functions of activation.h and color.h.
#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "cuda/kernels.h"
#include "encoding/activation.h"
#include "encoding/color.h"
#include "fool/core/repro_math.h"

namespace fool::cuda {
namespace {

constexpr int kInputs = 4;

__device__ float& part(float4& v, int i) { return (&v.x)[i]; }

template <Activation kActivation>
__device__ float4 activate_four(float4 v) {
  v.x = activate<kActivation>(v.x);
  v.y = activate<kActivation>(v.y);
  v.z = activate<kActivation>(v.z);
  v.w = activate<kActivation>(v.w);
  return v;
}

// The same branch for all threads, as they all draw the same CPPN.
__device__ float4 activate_four(std::uint32_t activation, float4 v) {
  switch (static_cast<Activation>(activation)) {
    case Activation::kSine:
      return activate_four<Activation::kSine>(v);
    case Activation::kSigmoid:
      return activate_four<Activation::kSigmoid>(v);
    case Activation::kGaussian:
      return activate_four<Activation::kGaussian>(v);
    case Activation::kLinear:
      return activate_four<Activation::kLinear>(v);
    case Activation::kTanh:
      return activate_four<Activation::kTanh>(v);
    case Activation::kRelu:
      break;
  }
  return activate_four<Activation::kRelu>(v);
}

__device__ float4 scaled(float weight, float4 v) {
  return {weight * v.x, weight * v.y, weight * v.z, weight * v.w};
}

__device__ float4 sum_of(float4 a, float4 b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w};
}

__device__ float weight_of(std::uint32_t bits) { return __uint_as_float(bits); }

__device__ uint4 word_at(const Word* words, std::uint32_t i) {
  return __ldg(reinterpret_cast<const uint4*>(words) + i);
}

// Computes the values of one thread's pixels. values: slot s at values[s * step].
__device__ void evaluate(const Word* words, std::uint32_t nodes, float4* values, int step) {
  uint4 header = word_at(words, 0);
  uint4 first = word_at(words, 1);
  std::uint32_t at = 0;
  for (std::uint32_t n = 0; n < nodes; ++n) {
    // The next node's words are on their way while this one is computed.
    const std::uint32_t next = at + 1 + header.z;
    const uint4 next_header = word_at(words, next);
    const uint4 next_first = word_at(words, next + 1);
    float4 sum = {0.0F, 0.0F, 0.0F, 0.0F};
    if (header.z != 0) {
      const float4 a = values[first.x * step];
      const float4 b = values[first.z * step];
      sum = sum_of(scaled(weight_of(first.y), a), scaled(weight_of(first.w), b));
      for (std::uint32_t pair = 2; pair <= header.z; ++pair) {
        const uint4 edges = word_at(words, at + pair);
        const float4 c = values[edges.x * step];
        const float4 d = values[edges.z * step];
        sum = sum_of(sum, scaled(weight_of(edges.y), c));
        sum = sum_of(sum, scaled(weight_of(edges.w), d));
      }
    }
    values[header.y * step] = activate_four(header.x, sum);
    header = next_header;
    first = next_first;
    at = next;
  }
}

__device__ Rgb color_of(const ColorRule& rule, std::uint8_t a, std::uint8_t b, std::uint8_t c) {
  switch (rule.space) {
    case ColorSpace::kHsv:
      return to_rgb<ColorSpace::kHsv>(rule.hue_scale, a, b, c);
    case ColorSpace::kHls:
      return to_rgb<ColorSpace::kHls>(rule.hue_scale, a, b, c);
    case ColorSpace::kRgb:
      break;
  }
  return to_rgb<ColorSpace::kRgb>(rule.hue_scale, a, b, c);
}

__device__ std::uint32_t four_bytes(std::uint32_t a, std::uint32_t b, std::uint32_t c,
                                    std::uint32_t d) {
  return a | b << 8 | c << 16 | d << 24;
}

__device__ void store_pixels(std::uint8_t* to, const Rgb (&p)[kPixelsPerThread]) {
  auto* words = reinterpret_cast<std::uint32_t*>(to);
  words[0] = four_bytes(p[0].r, p[0].g, p[0].b, p[1].r);
  words[1] = four_bytes(p[1].g, p[1].b, p[2].r, p[2].g);
  words[2] = four_bytes(p[2].b, p[3].r, p[3].g, p[3].b);
}

// Draws the pixels of one thread.
__device__ void draw(const CppnBlock& block, const DeviceImages& out, const CppnImage& image,
                     int pixel, float4* values, int step) {
  for (int input = 0; input < kInputs - 1; ++input) {
    values[input * step] = *reinterpret_cast<const float4*>(block.coordinates +
                                                            input * block.coordinates_step + pixel);
  }
  values[(kInputs - 1) * step] = {1.0F, 1.0F, 1.0F, 1.0F};
  evaluate(block.words + image.first_word, image.nodes, values, step);

  std::uint8_t* to =
      out.data + image.index * out.stride + static_cast<std::size_t>(pixel) * out.channels;
  float4 first = values[image.outputs[0] * step];
  if (out.channels == 1) {
    *reinterpret_cast<std::uint32_t*>(to) =
        four_bytes(level(first.x), level(first.y), level(first.z), level(first.w));
    return;
  }
  float4 second = values[image.outputs[1] * step];
  float4 third = values[image.outputs[2] * step];
  Rgb pixels[kPixelsPerThread];
#pragma unroll
  for (int i = 0; i < kPixelsPerThread; ++i) {
    pixels[i] =
        color_of(block.color, level(part(first, i)), level(part(second, i)), level(part(third, i)));
  }
  store_pixels(to, pixels);
}

extern __shared__ float4 fast_values[];  // [slots][kThreads]

__global__ void __launch_bounds__(kThreads) draw_fast(CppnBlock block, DeviceImages out) {
  const int pixel = (static_cast<int>(blockIdx.x) * kThreads + threadIdx.x) * kPixelsPerThread;
  if (pixel >= out.pixels) return;
  draw(block, out, block.images[blockIdx.y], pixel, fast_values + threadIdx.x, kThreads);
}

// For CPPNs whose values do not fit into fast memory: a block of threads draws tile after tile.
__global__ void __launch_bounds__(kThreads)
    draw_large(CppnBlock block, DeviceImages out, float4* scratch, int tiles) {
  float4* values = scratch + static_cast<std::size_t>(blockIdx.x) * block.slots * kThreads;
  for (int task = blockIdx.x; task < tiles * block.count; task += gridDim.x) {
    const int pixel = (task % tiles * kThreads + static_cast<int>(threadIdx.x)) * kPixelsPerThread;
    if (pixel >= out.pixels) continue;
    draw(block, out, block.images[task / tiles], pixel, values + threadIdx.x, kThreads);
  }
}

__global__ void color_kernel(ColorRule rule, DeviceImages images) {
  const int pixel = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x) * kPixelsPerThread;
  if (pixel >= images.pixels) return;
  std::uint8_t* at = images.data + blockIdx.y * images.stride + static_cast<std::size_t>(pixel) * 3;
  const auto* words = reinterpret_cast<const std::uint32_t*>(at);
  const std::uint32_t in[3] = {words[0], words[1], words[2]};
  Rgb pixels[kPixelsPerThread];
#pragma unroll
  for (int i = 0; i < kPixelsPerThread; ++i) {
    const auto byte = [&](int k) { return static_cast<std::uint8_t>(in[k / 4] >> (k % 4 * 8)); };
    pixels[i] = color_of(rule, byte(3 * i), byte(3 * i + 1), byte(3 * i + 2));
  }
  store_pixels(at, pixels);
}

template <typename T>
__device__ T number(float x) {
  return static_cast<T>(x);
}
template <>
__device__ __half number<__half>(float x) {
  return __float2half_rn(x);
}
template <>
__device__ __nv_bfloat16 number<__nv_bfloat16>(float x) {
  return __float2bfloat16_rn(x);
}

__device__ float as_float(float x) { return x; }
__device__ float as_float(__half x) { return __half2float(x); }
__device__ float as_float(__nv_bfloat16 x) { return __bfloat162float(x); }

// 16 bytes of numbers.
template <typename T>
struct alignas(16) Vector {
  static constexpr int kSize = 16 / sizeof(T);
  T at[kSize];
};

template <typename T, int kChannels>
__global__ void input_kernel(DeviceImages images, int count, InputWindow window, const float* table,
                             T* out) {
  __shared__ T numbers[kChannels][256];
  for (int i = threadIdx.x; i < kChannels * 256; i += blockDim.x)
    numbers[i / 256][i % 256] = number<T>(table[i]);
  __syncthreads();

  const std::int64_t size = static_cast<std::int64_t>(window.height) * window.width * kChannels;
  const std::int64_t begin =
      (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * Vector<T>::kSize;
  if (begin >= size * count) return;
  auto image = static_cast<int>(begin / size);
  const auto place = static_cast<int>(begin - image * size);
  int channel = place % kChannels;
  int row = place / kChannels / window.width;
  int column = place / kChannels - row * window.width;
  const int step = window.mirrored ? -1 : 1;
  const int left = window.left + (window.mirrored ? window.width - 1 : 0);
  Vector<T> result;
#pragma unroll
  for (int i = 0; i < Vector<T>::kSize; ++i) {
    const int source = window.reversed_channels ? kChannels - 1 - channel : channel;
    const int pixel = (window.top + row) * window.canvas_width + left + step * column;
    result.at[i] =
        numbers[channel][images.data[image * images.stride + pixel * kChannels + source]];
    if (++channel < kChannels) continue;
    channel = 0;
    if (++column < window.width) continue;
    column = 0;
    if (++row < window.height) continue;
    row = 0;
    if (image < count - 1) ++image;  // what is read beyond the last image is not written
  }
  if (begin + Vector<T>::kSize <= size * count) {
    *reinterpret_cast<Vector<T>*>(out + begin) = result;
  } else {
#pragma unroll
    for (int i = 0; i < Vector<T>::kSize; ++i) {
      if (begin + i < size * count) out[begin + i] = result.at[i];
    }
  }
}

constexpr int kRowThreads = 256;

// All threads get the result. The order of operations is fixed: equal rows, equal bits.
template <typename T, typename Join>
__device__ T join_all(T value, T* shared, Join join) {
  shared[threadIdx.x] = value;
  __syncthreads();
  for (int half = kRowThreads / 2; half > 0; half /= 2) {
    if (threadIdx.x < half)
      shared[threadIdx.x] = join(shared[threadIdx.x], shared[threadIdx.x + half]);
    __syncthreads();
  }
  const T result = shared[0];
  __syncthreads();
  return result;
}

template <typename T>
__global__ void __launch_bounds__(kRowThreads)
    probability_kernel(RowKind kind, const T* outputs, int classes, double* sums, int part,
                       int parts, float* probabilities) {
  __shared__ float floats[kRowThreads];
  __shared__ double doubles[kRowThreads];
  const std::size_t row = static_cast<std::size_t>(blockIdx.x) * classes;
  const float infinity = __int_as_float(0x7F800000);
  const float nan = __int_as_float(0x7FC00000);
  float highest = -infinity;
  double sum = 1.0;
  if (kind == RowKind::kLogits) {
    for (int k = threadIdx.x; k < classes; k += kRowThreads) {
      const float x = as_float(outputs[row + k]);
      // What is no number or infinite must survive the maximum.
      highest = x < infinity ? (x > highest ? x : highest) : infinity;
      if (!(x < infinity)) break;
    }
    highest = join_all(highest, floats, [](float a, float b) { return a > b ? a : b; });
    double own = 0.0;
    for (int k = threadIdx.x; k < classes; k += kRowThreads)
      own += repro::exp(as_float(outputs[row + k]) - highest);
    sum = join_all(own, doubles, [](double a, double b) { return a + b; });
  }
  const bool usable =
      kind == RowKind::kProbabilities || (highest < infinity && highest > -infinity);
  for (int k = threadIdx.x; k < classes; k += kRowThreads) {
    const float x = as_float(outputs[row + k]);
    float p = x;
    if (kind == RowKind::kLogits) {
      p = usable ? static_cast<float>(repro::exp(x - highest) / sum) : nan;
    }
    if (sums == nullptr) {
      probabilities[row + k] = p;
      continue;
    }
    const double total = (part == 0 ? 0.0 : sums[row + k]) + p;
    sums[row + k] = total;
    if (part == parts - 1) probabilities[row + k] = static_cast<float>(total / parts);
  }
}

// The larger one, or NaN where one is.
__device__ float larger(float a, float b) { return a > b || a != a ? a : b; }
__device__ Vector<float> larger(const Vector<float>& a, const Vector<float>& b) {
  Vector<float> result;
#pragma unroll
  for (int i = 0; i < Vector<float>::kSize; ++i) result.at[i] = larger(a.at[i], b.at[i]);
  return result;
}
// Two at a time.
template <typename T, typename T2>
__device__ Vector<T> larger_pairs(const Vector<T>& a, const Vector<T>& b) {
  Vector<T> result;
#pragma unroll
  for (int i = 0; i < Vector<T>::kSize / 2; ++i) {
    reinterpret_cast<T2*>(result.at)[i] =
        __hmax2_nan(reinterpret_cast<const T2*>(a.at)[i], reinterpret_cast<const T2*>(b.at)[i]);
  }
  return result;
}
__device__ Vector<__half> larger(const Vector<__half>& a, const Vector<__half>& b) {
  return larger_pairs<__half, __half2>(a, b);
}
__device__ Vector<__nv_bfloat16> larger(const Vector<__nv_bfloat16>& a,
                                        const Vector<__nv_bfloat16>& b) {
  return larger_pairs<__nv_bfloat16, __nv_bfloat162>(a, b);
}

// A thread computes kStrip neighbours of a row, and so reads the columns that their windows share
// only once. kSize and kStride are known to the compiler for the usual 3x3 at every second place.
template <typename T, int kSize, int kStride, int kStrip>
__global__ void pool_strips(Pooling p, const Vector<T>* in, Vector<T>* out) {
  constexpr int kColumns = (kStrip - 1) * kStride + kSize;
  const int vectors = p.channels / Vector<T>::kSize;
  const int strips = (p.out_width + kStrip - 1) / kStrip;
  std::int64_t task = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (task >= static_cast<std::int64_t>(p.count) * p.out_height * strips * vectors) return;
  const auto vector = static_cast<int>(task % vectors);
  task /= vectors;
  const int first = static_cast<int>(task % strips) * kStrip;
  task /= strips;
  const auto row = static_cast<int>(task % p.out_height);
  const auto image = static_cast<std::int64_t>(task / p.out_height);

  const int top = row * kStride - p.padding;
  const int left = first * kStride - p.padding;
  Vector<T> columns[kColumns];
  bool seen[kColumns];
#pragma unroll
  for (int c = 0; c < kColumns; ++c) {
    seen[c] = false;
    const int x = left + c;
    if (x < 0 || x >= p.width) continue;
#pragma unroll
    for (int r = 0; r < kSize; ++r) {
      const int y = top + r;
      if (y < 0 || y >= p.height) continue;
      const Vector<T> value = in[((image * p.height + y) * p.width + x) * vectors + vector];
      columns[c] = seen[c] ? larger(columns[c], value) : value;
      seen[c] = true;
    }
  }
#pragma unroll
  for (int i = 0; i < kStrip; ++i) {
    if (first + i >= p.out_width) break;
    Vector<T> result;
    bool any = false;
#pragma unroll
    for (int c = i * kStride; c < i * kStride + kSize; ++c) {
      if (!seen[c]) continue;
      result = any ? larger(result, columns[c]) : columns[c];
      any = true;
    }
    out[((image * p.out_height + row) * p.out_width + first + i) * vectors + vector] = result;
  }
}

template <typename T>
__global__ void pool_any(Pooling p, const Vector<T>* in, Vector<T>* out) {
  const int vectors = p.channels / Vector<T>::kSize;
  std::int64_t task = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (task >= static_cast<std::int64_t>(p.count) * p.out_height * p.out_width * vectors) return;
  const std::int64_t place = task;
  const auto vector = static_cast<int>(task % vectors);
  task /= vectors;
  const auto column = static_cast<int>(task % p.out_width);
  task /= p.out_width;
  const auto row = static_cast<int>(task % p.out_height);
  const auto image = static_cast<std::int64_t>(task / p.out_height);
  Vector<T> result;
  bool any = false;
  for (int r = 0; r < p.size; ++r) {
    const int y = row * p.stride - p.padding + r;
    if (y < 0 || y >= p.height) continue;
    for (int c = 0; c < p.size; ++c) {
      const int x = column * p.stride - p.padding + c;
      if (x < 0 || x >= p.width) continue;
      const Vector<T> value = in[((image * p.height + y) * p.width + x) * vectors + vector];
      result = any ? larger(result, value) : value;
      any = true;
    }
  }
  out[place] = result;
}

unsigned blocks_for(std::int64_t tasks, int threads) {
  return static_cast<unsigned>((tasks + threads - 1) / threads);
}

template <typename T>
cudaError_t launch_pool(const Pooling& p, const void* in, void* out, cudaStream_t stream) {
  const auto* from = static_cast<const Vector<T>*>(in);
  auto* to = static_cast<Vector<T>*>(out);
  const std::int64_t rows =
      static_cast<std::int64_t>(p.count) * p.out_height * (p.channels / Vector<T>::kSize);
  constexpr int kPoolThreads = 256;
  if (p.size == 3 && p.stride == 2) {
    constexpr int kStrip = 2;
    const std::int64_t tasks = rows * ((p.out_width + kStrip - 1) / kStrip);
    pool_strips<T, 3, 2, kStrip>
        <<<blocks_for(tasks, kPoolThreads), kPoolThreads, 0, stream>>>(p, from, to);
  } else {
    pool_any<T>
        <<<blocks_for(rows * p.out_width, kPoolThreads), kPoolThreads, 0, stream>>>(p, from, to);
  }
  return cudaGetLastError();
}

template <typename T>
cudaError_t launch_input(const DeviceImages& images, int count, const InputWindow& window,
                         const float* table, void* out, cudaStream_t stream) {
  const std::int64_t numbers =
      static_cast<std::int64_t>(count) * window.height * window.width * images.channels;
  constexpr int kInputThreads = 256;
  const unsigned blocks = blocks_for(numbers, kInputThreads * Vector<T>::kSize);
  if (images.channels == 1) {
    input_kernel<T, 1>
        <<<blocks, kInputThreads, 0, stream>>>(images, count, window, table, static_cast<T*>(out));
  } else {
    input_kernel<T, 3>
        <<<blocks, kInputThreads, 0, stream>>>(images, count, window, table, static_cast<T*>(out));
  }
  return cudaGetLastError();
}

std::size_t slot_bytes(int slots) {
  return static_cast<std::size_t>(slots) * kThreads * sizeof(float4);
}

int tiles_of(int pixels) { return static_cast<int>(blocks_for(pixels, kTilePixels)); }

// As many thread blocks as may use scratch memory at a time.
int large_blocks(int slots, int count, int pixels) {
  constexpr std::size_t kMostBytes = std::size_t{512} << 20;
  const std::size_t fitting = kMostBytes / slot_bytes(slots);
  const auto tasks = static_cast<std::size_t>(tiles_of(pixels)) * static_cast<std::size_t>(count);
  std::size_t blocks = fitting < 1 ? 1 : fitting;
  blocks = blocks < 1024 ? blocks : 1024;
  return static_cast<int>(blocks < tasks ? blocks : tasks);
}

}  // namespace

// 99 KB: what a block of threads may ask for on every device from compute capability 8.6 on, and on
// 8.0 and 9.0 as well.
int most_fast_slots() { return static_cast<int>((std::size_t{96} << 10) / slot_bytes(1)); }

std::size_t draw_scratch_bytes(int slots, int count, int pixels) {
  if (slots <= most_fast_slots()) return 0;
  return static_cast<std::size_t>(large_blocks(slots, count, pixels)) * slot_bytes(slots);
}

cudaError_t draw_cppns(const CppnBlock& block, const DeviceImages& out, void* scratch,
                       cudaStream_t stream) {
  if (block.count == 0) return cudaSuccess;
  const int tiles = tiles_of(out.pixels);
  if (block.slots <= most_fast_slots()) {
    const std::size_t bytes = slot_bytes(block.slots);
    const cudaError_t allowed =
        cudaFuncSetAttribute(draw_fast, cudaFuncAttributeMaxDynamicSharedMemorySize,
                             static_cast<int>(slot_bytes(most_fast_slots())));
    if (allowed != cudaSuccess) return allowed;
    const dim3 grid(static_cast<unsigned>(tiles), static_cast<unsigned>(block.count));
    draw_fast<<<grid, kThreads, bytes, stream>>>(block, out);
  } else {
    const int blocks = large_blocks(block.slots, block.count, out.pixels);
    draw_large<<<static_cast<unsigned>(blocks), kThreads, 0, stream>>>(
        block, out, static_cast<float4*>(scratch), tiles);
  }
  return cudaGetLastError();
}

cudaError_t color_levels(const ColorRule& rule, const DeviceImages& images, int count,
                         cudaStream_t stream) {
  if (images.channels == 1 || count == 0) return cudaSuccess;
  const dim3 grid(static_cast<unsigned>(tiles_of(images.pixels)), static_cast<unsigned>(count));
  color_kernel<<<grid, kThreads, 0, stream>>>(rule, images);
  return cudaGetLastError();
}

cudaError_t make_input(const DeviceImages& images, int count, const InputWindow& window,
                       const float* table, NumberType type, void* out, cudaStream_t stream) {
  switch (type) {
    case NumberType::kFloat16:
      return launch_input<__half>(images, count, window, table, out, stream);
    case NumberType::kBFloat16:
      return launch_input<__nv_bfloat16>(images, count, window, table, out, stream);
    case NumberType::kFloat32:
      break;
  }
  return launch_input<float>(images, count, window, table, out, stream);
}

cudaError_t to_probabilities(RowKind kind, const void* outputs, NumberType type, int rows,
                             int classes, double* sums, int part, int parts, float* probabilities,
                             cudaStream_t stream) {
  const auto blocks = static_cast<unsigned>(rows);
  switch (type) {
    case NumberType::kFloat16:
      probability_kernel<<<blocks, kRowThreads, 0, stream>>>(
          kind, static_cast<const __half*>(outputs), classes, sums, part, parts, probabilities);
      break;
    case NumberType::kBFloat16:
      probability_kernel<<<blocks, kRowThreads, 0, stream>>>(
          kind, static_cast<const __nv_bfloat16*>(outputs), classes, sums, part, parts,
          probabilities);
      break;
    case NumberType::kFloat32:
      probability_kernel<<<blocks, kRowThreads, 0, stream>>>(
          kind, static_cast<const float*>(outputs), classes, sums, part, parts, probabilities);
      break;
  }
  return cudaGetLastError();
}

int vector_channels(NumberType type) {
  return type == NumberType::kFloat32 ? Vector<float>::kSize : Vector<__half>::kSize;
}

cudaError_t max_pool(const Pooling& pooling, const void* in, NumberType type, void* out,
                     cudaStream_t stream) {
  switch (type) {
    case NumberType::kFloat16:
      return launch_pool<__half>(pooling, in, out, stream);
    case NumberType::kBFloat16:
      return launch_pool<__nv_bfloat16>(pooling, in, out, stream);
    case NumberType::kFloat32:
      break;
  }
  return launch_pool<float>(pooling, in, out, stream);
}

}  // namespace fool::cuda
