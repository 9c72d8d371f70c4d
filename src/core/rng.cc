#include "fool/core/rng.h"

#include <cmath>

#include "core/stream_name.h"
#include "fool/core/repro_math.h"

namespace fool {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {
        static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(p1),
        static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(p0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

RngStream::RngStream(std::uint64_t seed, std::string_view name, std::uint32_t generation,
                     std::uint32_t index)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, index, generation, hash_stream_name(name)} {}

std::uint32_t RngStream::next_u32() {
  if (used_ == 4) {
    block_ = philox4x32(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return block_[static_cast<std::size_t>(used_++)];
}

std::uint64_t RngStream::next_u64() {
  const std::uint64_t low = next_u32();
  const std::uint64_t high = next_u32();
  return high << 32 | low;
}

double RngStream::uniform() { return static_cast<double>(next_u64() >> 11) * 0x1.0p-53; }

std::uint32_t RngStream::uniform_int(std::uint32_t bound) {
  // Lemire, "Fast random integer generation in an interval", 2019.
  std::uint64_t product = std::uint64_t{next_u32()} * bound;
  if (static_cast<std::uint32_t>(product) < bound) {
    const std::uint32_t threshold = (0U - bound) % bound;
    while (static_cast<std::uint32_t>(product) < threshold) {
      product = std::uint64_t{next_u32()} * bound;
    }
  }
  return static_cast<std::uint32_t>(product >> 32);
}

bool RngStream::bernoulli(double probability) { return uniform() < probability; }

double RngStream::normal() {
  // Box-Muller; the second value of the pair is not kept, so that a draw has no hidden state.
  const double u1 = uniform();
  const double u2 = uniform();
  return std::sqrt(-2.0 * repro::log(1.0 - u1)) * repro::cos(6.283185307179586476925 * u2);
}

std::uint64_t RngStream::geometric(double probability) {
  const double u = uniform();
  if (probability >= 1.0) return 0;
  const double skipped = repro::log(1.0 - u) / repro::log(1.0 - probability);
  return skipped < 1.8e19 ? static_cast<std::uint64_t>(skipped) : ~std::uint64_t{0};
}

}  // namespace fool
