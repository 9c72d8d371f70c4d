// What all trainings share: how fast they learn when, and in which order they see their images.
#pragma once

#include <cstdint>
#include <vector>

namespace fool {

// The learning rate of a step, from 0 up: it rises in a straight line to its highest during the
// first twentieth of all steps and falls to 0 along a half cosine.
double learning_rate_at(std::int64_t step, std::int64_t steps, double highest);

// 0 .. count-1 in an order of the epoch's own.
std::vector<int> shuffled_order(int count, std::uint64_t seed, int epoch);

}  // namespace fool
