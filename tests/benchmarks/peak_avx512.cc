#if defined(__x86_64__)
#include "benchmarks/peak.inl"

namespace fool {

const Peak kAvx512Peak = kThisPeak;

}  // namespace fool
#endif
