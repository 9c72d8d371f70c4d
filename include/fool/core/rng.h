// Random numbers addressed by what they are for, never by when they are drawn: the stream of (seed,
// name, generation, index) is the same whichever thread or rank asks for it first. Philox4x32-10
// (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
//
// Never put two draws into one expression: the order of evaluation would be the compiler's choice.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace fool {

// The Philox4x32-10 bijection: ten rounds over a counter under a key.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

class RngStream {
 public:
  // `name` is a dotted name of the purpose, such as "cppn.add_node".
  RngStream(std::uint64_t seed, std::string_view name, std::uint32_t generation,
            std::uint32_t index);

  std::uint32_t next_u32();
  std::uint64_t next_u64();
  double uniform();                                // [0, 1), 53 bits
  std::uint32_t uniform_int(std::uint32_t bound);  // 0..bound-1 without bias; bound > 0
  bool bernoulli(double probability);
  double normal();  // mean 0, variance 1

  // How many failures precede the next success of a Bernoulli(probability) sequence: the distance
  // to the next mutated gene without a draw per gene. 0 < probability <= 1.
  std::uint64_t geometric(double probability);

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
};

}  // namespace fool
