// Separable CMA-ES (Ros and Hansen 2008): CMA-ES whose covariance is a diagonal, so that thousands
// of parameters cost no more than their number. No library that offers ask and tell for it is in
// Debian; the constants are those of Hansen's tutorial (arXiv:1604.00772), table 1, with the
// learning rate of the covariance (n + 2) / 3 times as large.
#pragma once

#include <vector>

#include "fool/core/json.h"
#include "fool/core/rng.h"
#include "fool/core/span.h"

namespace fool {

class SepCmaEs {
 public:
  // mean: [D]. population: lambda, at least 2.
  SepCmaEs(std::vector<float> mean, double sigma, int population);

  int population() const { return population_; }
  double sigma() const { return sigma_; }

  // A point, [D], drawn from the present distribution; the same for the same stream.
  std::vector<float> sample(RngStream rng) const;

  // Moves towards the best half. points: [population] of [D]; order: their numbers, best first.
  void tell(const std::vector<std::vector<float>>& points, Span<const int> order);

  Json save() const;
  static SepCmaEs load(const Json& json);  // throws Error(kData)

 private:
  std::vector<float> mean_;
  std::vector<float> variances_;   // [D], the diagonal
  std::vector<float> path_sigma_;  // evolution paths
  std::vector<float> path_c_;
  double sigma_;
  int population_;
  int generation_ = 0;
};

}  // namespace fool
