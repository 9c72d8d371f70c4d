#include "benchmarks/peak.inl"

namespace fool {

const Peak kBaselinePeak = kThisPeak;

}  // namespace fool
