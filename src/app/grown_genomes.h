// Genomes as evolution makes them in the long run, without the run: for measurements.
#pragma once

#include <cstdint>
#include <vector>

#include "fool/core/worker_pool.h"
#include "fool/encoding/encoding.h"

namespace fool {

// The first `count` random genomes of a seed, each varied `generations` times, whatever the images
// look like. Where a child has two parents, these are neighbours.
std::vector<GenomePtr> grown_genomes(const Encoding& encoding, std::uint64_t seed, int generations,
                                     int count, WorkerPool& pool);

}  // namespace fool
