// What runs on an NVIDIA device, as plain functions over the device's memory: no LibTorch, no
// exceptions, nothing that a compiler other than nvcc would have to understand. Each function puts
// its work into the stream and returns what the runtime says of the launch.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "cuda/input_window.h"
#include "encoding/color.h"

namespace fool::cuda {

// Images on the device lie `stride` bytes apart, a multiple of 16 with room for what a kernel
// writes beyond the last pixel: see image_stride().
struct DeviceImages {
  std::uint8_t* data = nullptr;
  std::size_t stride = 0;
  int pixels = 0;    // H * W
  int channels = 0;  // 1 or 3
};

inline constexpr int kPixelsPerThread = 4;
inline constexpr int kThreads = 128;
inline constexpr int kTilePixels = kPixelsPerThread * kThreads;

inline std::size_t image_stride(int pixels, int channels) {
  const auto drawn = static_cast<std::size_t>((pixels + kPixelsPerThread - 1) / kPixelsPerThread *
                                              kPixelsPerThread * channels);
  return (drawn + 15) / 16 * 16;
}

// A CPPN as the device reads it: for each node a header {activation, slot of its value, pairs of
// edges, 0}, then the pairs {slot, weight, slot, weight}; an odd last edge is joined by one of
// weight 0. The slots 0 to 3 hold x, y, d and the bias. After the last node come two words that are
// read ahead and not used.
struct Word {
  std::uint32_t at[4];
};

struct CppnImage {
  std::uint32_t first_word = 0;
  std::uint32_t nodes = 0;
  std::uint32_t outputs[3] = {0, 0, 0};  // slots
  std::uint32_t index = 0;               // of the image that it draws
};

struct CppnBlock {
  const Word* words = nullptr;
  const CppnImage* images = nullptr;
  int count = 0;
  int slots = 0;  // of the CPPN that needs most
  // The inputs x, y and d of all pixels, one after the other, each padded_pixels() long.
  const float* coordinates = nullptr;
  int coordinates_step = 0;
  ColorRule color;
};

// Pixels of whole tiles.
inline int padded_pixels(int pixels) {
  return (pixels + kTilePixels - 1) / kTilePixels * kTilePixels;
}

// How many values of a pixel fit into the fast memory of a multiprocessor; CPPNs with more slots
// need `scratch` of draw_scratch_bytes().
int most_fast_slots();
std::size_t draw_scratch_bytes(int slots, int count, int pixels);

// Draws block.images[i] into the image that it names.
cudaError_t draw_cppns(const CppnBlock& block, const DeviceImages& out, void* scratch,
                       cudaStream_t stream);

// Reads the pixels' bytes as colours, in place. Grey images are left as they are.
cudaError_t color_levels(const ColorRule& rule, const DeviceImages& images, int count,
                         cudaStream_t stream);

enum class NumberType { kFloat32, kFloat16, kBFloat16 };

// The window of each image, each of its bytes replaced by the table's number:
// images [count] -> out [count, height, width, C] of the type; table: [C][256] floats.
cudaError_t make_input(const DeviceImages& images, int count, const InputWindow& window,
                       const float* table, NumberType type, void* out, cudaStream_t stream);

enum class RowKind { kLogits, kProbabilities };

// outputs [rows, classes] of the type -> probabilities [rows, classes]. A row that holds NaN or
// +infinity becomes NaN. With `sums`, the mean over `parts` calls: part 0 sets the sums, the last
// one writes the probabilities.
cudaError_t to_probabilities(RowKind kind, const void* outputs, NumberType type, int rows,
                             int classes, double* sums, int part, int parts, float* probabilities,
                             cudaStream_t stream);

// Max pooling of channels-last images [count, height, width, channels] -> [count, out_height,
// out_width, channels]; channels is a multiple of vector_channels(type). What lies outside the
// image does not count; NaN does.
struct Pooling {
  int count, height, width, channels;
  int out_height, out_width;
  int size, stride, padding;
};
int vector_channels(NumberType type);
cudaError_t max_pool(const Pooling& pooling, const void* in, NumberType type, void* out,
                     cudaStream_t stream);

}  // namespace fool::cuda
