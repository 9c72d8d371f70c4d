// 8-bit images in memory, and views of them. Everything that is scored or saved passes through
// these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fool/core/span.h"

namespace fool {

// Channels: 1 = grey, 3 = RGB in this order.
struct ImageShape {
  int height = 0;
  int width = 0;
  int channels = 0;

  std::size_t size() const {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) *
           static_cast<std::size_t>(channels);
  }
  friend bool operator==(const ImageShape& a, const ImageShape& b) {
    return a.height == b.height && a.width == b.width && a.channels == b.channels;
  }
  friend bool operator!=(const ImageShape& a, const ImageShape& b) { return !(a == b); }
};

// One image: pixels [H, W, C] u8, 0..255, rows from the top, not owned.
template <typename Byte>
struct BasicImageView {
  ImageShape shape;
  Byte* data = nullptr;

  std::size_t size() const { return shape.size(); }
  operator BasicImageView<const Byte>() const { return {shape, data}; }
};
using ImageView = BasicImageView<std::uint8_t>;
using ConstImageView = BasicImageView<const std::uint8_t>;

// B images of one shape, one behind the other: [B, H, W, C] u8, owned.
class ImageBatch {
 public:
  ImageBatch() = default;
  ImageBatch(int count, ImageShape shape)
      : count_(count), shape_(shape), data_(static_cast<std::size_t>(count) * shape.size()) {}

  int count() const { return count_; }
  const ImageShape& shape() const { return shape_; }
  ImageView operator[](int i) { return {shape_, data_.data() + offset(i)}; }
  ConstImageView operator[](int i) const { return {shape_, data_.data() + offset(i)}; }
  Span<std::uint8_t> bytes() { return data_; }
  Span<const std::uint8_t> bytes() const { return data_; }

 private:
  std::size_t offset(int i) const { return static_cast<std::size_t>(i) * shape_.size(); }

  int count_ = 0;
  ImageShape shape_;
  std::vector<std::uint8_t> data_;
};

}  // namespace fool
