// The numbers of a random stream for one who wants thousands: the same that RngStream gives, but
// drawn many at a time, which vectorises.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace fool {

class RngBatch {
 public:
  // As RngStream.
  RngBatch(std::uint64_t seed, std::string_view name, std::uint32_t generation,
           std::uint32_t index);

  std::uint32_t next_u32() {
    if (used_ == numbers_.size()) refill();
    return numbers_[used_++];
  }
  double uniform() {  // [0, 1), 53 bits
    const std::uint64_t low = next_u32();
    const std::uint64_t high = next_u32();
    return static_cast<double>((high << 32 | low) >> 11) * 0x1.0p-53;
  }

 private:
  static constexpr std::size_t kBlocks = 64;  // of four numbers

  void refill();

  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  alignas(64) std::array<std::uint32_t, 4 * kBlocks> numbers_;
  std::size_t used_ = numbers_.size();
};

}  // namespace fool
