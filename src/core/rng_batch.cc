#include "core/rng_batch.h"

#include "core/stream_name.h"

namespace fool {

RngBatch::RngBatch(std::uint64_t seed, std::string_view name, std::uint32_t generation,
                   std::uint32_t index)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, index, generation, hash_stream_name(name)} {}

// Philox4x32-10 as in rng.cc, with the blocks side by side: word w of block b at w * kBlocks + b.
void RngBatch::refill() {
  alignas(64) std::array<std::uint32_t, kBlocks> a, b, c, d;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    a[i] = counter_[0] + static_cast<std::uint32_t>(i);
    b[i] = counter_[1];
    c[i] = counter_[2];
    d[i] = counter_[3];
  }
  counter_[0] += kBlocks;
  std::array<std::uint32_t, 2> key = key_;
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < kBlocks; ++i) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53} * a[i];
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * c[i];
      a[i] = static_cast<std::uint32_t>(p1 >> 32) ^ b[i] ^ key[0];
      b[i] = static_cast<std::uint32_t>(p1);
      c[i] = static_cast<std::uint32_t>(p0 >> 32) ^ d[i] ^ key[1];
      d[i] = static_cast<std::uint32_t>(p0);
    }
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  for (std::size_t i = 0; i < kBlocks; ++i) {
    numbers_[4 * i] = a[i];
    numbers_[4 * i + 1] = b[i];
    numbers_[4 * i + 2] = c[i];
    numbers_[4 * i + 3] = d[i];
  }
  used_ = 0;
}

}  // namespace fool
