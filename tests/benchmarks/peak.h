// What a core can do at most: arithmetic in registers that waits for nothing, per instruction set.
#pragma once

namespace fool {

// Each performs `rounds` times kPeakOperations operations on vectors and says how many numbers a
// vector has.
inline constexpr int kPeakOperations = 12;
struct Peak {
  int (*multiply_and_add)(int rounds);  // one after the other in turn, never fused
  int (*divide)(int rounds);
};

extern const Peak kBaselinePeak;
#if defined(__x86_64__)
extern const Peak kAvx2Peak;
extern const Peak kAvx512Peak;
#endif

}  // namespace fool
