#include "core/rng_batch.h"

#include <gtest/gtest.h>

#include "fool/core/rng.h"

namespace fool {
namespace {

// Far beyond a batch, and with calls of both kinds in turn.
TEST(RngBatch, GivesTheNumbersOfTheStream) {
  for (const std::uint64_t seed : {0ULL, 1ULL, 0x123456789abcdef0ULL}) {
    RngStream stream(seed, "direct.mutate", 7, 11);
    RngBatch batch(seed, "direct.mutate", 7, 11);
    for (int i = 0; i < 3000; ++i) {
      ASSERT_EQ(batch.next_u32(), stream.next_u32()) << i;
      if (i % 3 == 0) {
        ASSERT_EQ(batch.uniform(), stream.uniform()) << i;
      }
    }
  }
}

TEST(RngBatch, AnotherAddressGivesOtherNumbers) {
  const auto first = [](std::uint64_t seed, const char* name, std::uint32_t generation,
                        std::uint32_t index) {
    return RngBatch(seed, name, generation, index).next_u32();
  };
  const std::uint32_t number = first(1, "a", 2, 3);
  EXPECT_NE(first(2, "a", 2, 3), number);
  EXPECT_NE(first(1, "b", 2, 3), number);
  EXPECT_NE(first(1, "a", 3, 3), number);
  EXPECT_NE(first(1, "a", 2, 4), number);
}

}  // namespace
}  // namespace fool
