// An array of floats that begins at a cache line.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace fool {

class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(std::size_t size)
      : data_(static_cast<float*>(::operator new[](size * sizeof(float), kAlignment))),
        size_(size) {
    std::uninitialized_value_construct_n(data_.get(), size);
  }

  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(float* data) const { ::operator delete[](data, kAlignment); }
  };
  std::unique_ptr<float[], Free> data_;
  std::size_t size_ = 0;
};

}  // namespace fool
