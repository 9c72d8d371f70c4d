// What a handful of runs says about two ways of doing things: medians with bootstrap intervals, and
// the Mann-Whitney U test that the paper compares its rounds with.
#pragma once

#include <cstdint>

#include "fool/core/span.h"

namespace fool {

struct MannWhitney {
  double u = 0;  // of the first sample: pairs in which its value is larger, an equal pair is 1/2
  double p = 1;  // two-sided
  double effect = 0;  // rank-biserial correlation, 2 u / (n_a n_b) - 1: 1 = all of a are larger
};

// Whether values of one sample tend to be larger than those of the other. Exact where no two values
// are equal and a sample has eight or fewer; else by the normal distribution with corrections for
// ties and continuity. Throws Error(kData) for an empty sample or a value that is no number.
MannWhitney mann_whitney(Span<const double> a, Span<const double> b);

// The value below which a share of the sample lies, interpolated between neighbours; 0 <= share <=
// 1. Throws as mann_whitney does.
double quantile(Span<const double> values, double share);

double median(Span<const double> values);

struct Interval {
  double low = 0;
  double high = 0;
};

// Where the median lies: the percentile interval of the medians of `resamples` samples drawn from
// the values with replacement. The same values, in the same order, and seed give the same interval.
// level in (0, 1), resamples >= 1. Throws as mann_whitney does.
Interval bootstrap_interval(Span<const double> values, double level = 0.95, int resamples = 10000,
                            std::uint64_t seed = 1);

}  // namespace fool
