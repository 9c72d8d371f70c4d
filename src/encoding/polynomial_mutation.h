// Deb's polynomial mutation in its unbounded form: a step in [-1, 1] whose size has the density
// (eta + 1) (1 - |d|)^eta / 2. A gene in [0, 1] moves by the step and is clipped.
#pragma once

#include "encoding/discrete_sampler.h"

namespace fool {

// x^n and x^(1/n) for x in [0, 1], n > 0: what powers of such densities need. Whole numbers and
// factors of two in n are done by products and square roots: the sixteenth root that eta = 15 needs
// is exact to a rounding or two and far cheaper than a logarithm.
double nth_power(double x, double n);
double nth_root(double x, double n);

// The step of a number r that is uniform in [0, 1).
double polynomial_step(double r, double eta);

// The same for genes that are whole numbers 0..255: the step times 255, rounded to the nearest
// integer. Drawn from a table: the probability of each step is exact to 2^-32.
class LevelStep {
 public:
  explicit LevelStep(double eta);
  int operator()(std::uint32_t uniform) const { return sampler_(uniform) - 255; }

 private:
  DiscreteSampler sampler_;
};

}  // namespace fool
