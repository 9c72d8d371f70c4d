// The forward pass of dense CPPNs over tiles of pixels, for what draws them and for what
// differentiates them: a layer is computed for all pixels of a tile before the next one's turn.
#pragma once

#include <vector>

#include "encoding/dense_cppn.h"
#include "fool/render/frame.h"
#include "render/aligned_floats.h"
#include "render/layer_kernels.h"

namespace fool {

// Not thread-safe. The encoding and the kernels must outlive it.
class DenseCppnTile {
 public:
  // A tile's pixels follow each other in the window, row by row. keep: whether the sums and values
  // of all layers are kept; else only the outputs can be asked for.
  DenseCppnTile(const DenseCppnEncoding& encoding, const Frame& frame, const LayerKernels& kernels,
                int most_pixels, bool keep);

  int tiles() const { return tiles_; }
  int n() const { return n_; }  // the length of a row of numbers: pixels and padding
  int first_pixel(int tile) const { return tile * n_; }
  int pixels(int tile) const;  // without padding

  void load(const Genome& genome);
  void compute(int tile);

  const DenseLayer& layer(int l) const { return layers_[static_cast<std::size_t>(l)]; }
  int layers() const { return static_cast<int>(layers_.size()); }
  const float* scaled_weights(int l) const;

  // Of the tile computed last, as rows of n() numbers: layer l's inputs, the sums of its units, and
  // its values.
  const float* inputs(int l) const;
  const float* sums(int l) const { return sums_[static_cast<std::size_t>(l)]; }
  float* values(int l) { return values_[static_cast<std::size_t>(l)]; }
  const float* values(int l) const { return values_[static_cast<std::size_t>(l)]; }

  // How large the sums of a run of layer l may become.
  SumSize sum_size(int l, std::size_t run) const;

  const LayerKernels& kernels() const { return kernels_; }

 private:
  void set_coordinates(const Frame& frame);
  void measure_sums();

  const DenseCppnEncoding& encoding_;
  const LayerKernels& kernels_;
  const std::vector<DenseLayer>& layers_;
  int window_pixels_ = 0;
  int n_ = 0;
  int tiles_ = 0;
  int tile_ = 0;
  AlignedFloats coordinates_;  // [tiles][inputs][n]
  AlignedFloats memory_;
  std::vector<float*> sums_;
  std::vector<float*> values_;
  std::vector<float> scaled_weights_;
  std::vector<std::vector<SumSize>> sum_sizes_;
};

}  // namespace fool
