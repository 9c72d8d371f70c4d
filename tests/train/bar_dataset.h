// Easy procedural images for the tests of training: class k is a bright bar in row 2 k + 4, on
// noise.
#pragma once

#include <algorithm>
#include <string>

#include "fool/core/rng.h"
#include "fool/data/dataset.h"

namespace fool {

class BarDataset final : public Dataset {
 public:
  // `salt` tells the images of a training set from those of a test set.
  BarDataset(int size, std::uint64_t salt, ImageShape shape = {28, 28, 1})
      : size_(size), salt_(salt), shape_(shape) {}

  int size() const override { return size_; }
  int classes() const override { return 10; }

  LabelledImage at(int index) const override {
    LabelledImage item{ImageBatch(1, shape_), index % 10, "bar " + std::to_string(index)};
    RngStream random(salt_, "test.bar", 0, static_cast<std::uint32_t>(index));
    for (std::uint8_t& pixel : item.image.bytes())
      pixel = static_cast<std::uint8_t>(random.uniform_int(100));
    const int row = 2 * item.label + 4;
    std::fill_n(item.image[0].data + row * shape_.width + 4, 20, std::uint8_t{230});
    return item;
  }

 private:
  int size_;
  std::uint64_t salt_;
  ImageShape shape_;
};

}  // namespace fool
