#include "search/sep_cma_es.h"

#include <algorithm>
#include <cmath>

#include "fool/core/error.h"
#include "fool/core/repro_math.h"
#include "search/state_text.h"

namespace fool {
namespace {

// What follows from dimension and population.
struct Constants {
  Constants(std::size_t dimension, int population) {
    const auto n = static_cast<double>(dimension);
    const int parents = population / 2;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < parents; ++i) {
      weights.push_back(repro::log((population + 1) / 2.0) - repro::log(i + 1.0));
      sum += weights.back();
    }
    for (double& weight : weights) {
      weight /= sum;
      squares += weight * weight;
    }
    mass = 1 / squares;
    c_sigma = (mass + 2) / (n + mass + 5);
    damping = 1 + 2 * std::max(0.0, std::sqrt((mass - 1) / (n + 1)) - 1) + c_sigma;
    c_c = (4 + mass / n) / (n + 4 + 2 * mass / n);
    const double faster = (n + 2) / 3;
    c_1 = std::min(0.5, faster * 2 / ((n + 1.3) * (n + 1.3) + mass));
    c_mu = std::min(1 - c_1, faster * 2 * (mass - 2 + 1 / mass) / ((n + 2) * (n + 2) + mass));
    expected = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  }

  std::vector<double> weights;  // of the best half
  double mass = 0;              // mu_eff
  double c_sigma = 0, damping = 0, c_c = 0, c_1 = 0, c_mu = 0;
  double expected = 0;  // length of a normal vector
};

}  // namespace

SepCmaEs::SepCmaEs(std::vector<float> mean, double sigma, int population)
    : mean_(std::move(mean)),
      variances_(mean_.size(), 1.0F),
      path_sigma_(mean_.size()),
      path_c_(mean_.size()),
      sigma_(sigma),
      population_(population) {
  if (population < 2) fail(ErrorKind::kInternal, "CMA-ES of a population of {}", population);
}

std::vector<float> SepCmaEs::sample(RngStream rng) const {
  std::vector<float> point(mean_.size());
  for (std::size_t i = 0; i < point.size(); ++i) {
    const double normal = rng.normal();
    point[i] = mean_[i] +
               static_cast<float>(sigma_ * std::sqrt(static_cast<double>(variances_[i])) * normal);
  }
  return point;
}

void SepCmaEs::tell(const std::vector<std::vector<float>>& points, Span<const int> order) {
  const Constants c(mean_.size(), population_);
  ++generation_;
  double length = 0;
  std::vector<double> step(mean_.size());  // of the mean, in units of sigma
  std::vector<double> spread(mean_.size());
  for (std::size_t rank = 0; rank < c.weights.size(); ++rank) {
    const std::vector<float>& point = points[static_cast<std::size_t>(order[rank])];
    for (std::size_t i = 0; i < mean_.size(); ++i) {
      const double y = (static_cast<double>(point[i]) - static_cast<double>(mean_[i])) / sigma_;
      step[i] += c.weights[rank] * y;
      spread[i] += c.weights[rank] * y * y;
    }
  }
  const double keep_sigma = 1 - c.c_sigma;
  const double gain_sigma = std::sqrt(c.c_sigma * (2 - c.c_sigma) * c.mass);
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    const double whitened = step[i] / std::sqrt(static_cast<double>(variances_[i]));
    const double path = keep_sigma * static_cast<double>(path_sigma_[i]) + gain_sigma * whitened;
    path_sigma_[i] = static_cast<float>(path);
    length += path * path;
  }
  length = std::sqrt(length);
  const auto n = static_cast<double>(mean_.size());
  const double begun = 1 - repro::pow(keep_sigma, 2.0 * generation_);
  const bool steady = length / std::sqrt(begun) < (1.4 + 2 / (n + 1)) * c.expected;
  const double gain_c = steady ? std::sqrt(c.c_c * (2 - c.c_c) * c.mass) : 0;
  const double missing = steady ? 0 : c.c_1 * c.c_c * (2 - c.c_c);
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    const double path = (1 - c.c_c) * static_cast<double>(path_c_[i]) + gain_c * step[i];
    path_c_[i] = static_cast<float>(path);
    variances_[i] =
        static_cast<float>((1 - c.c_1 - c.c_mu + missing) * static_cast<double>(variances_[i]) +
                           c.c_1 * path * path + c.c_mu * spread[i]);
    mean_[i] += static_cast<float>(sigma_ * step[i]);
  }
  sigma_ *= repro::exp(std::min(1.0, c.c_sigma / c.damping * (length / c.expected - 1)));
}

Json SepCmaEs::save() const {
  return {{"size", mean_.size()},
          {"mean", pack_floats(mean_)},
          {"variances", pack_floats(variances_)},
          {"path_sigma", pack_floats(path_sigma_)},
          {"path_c", pack_floats(path_c_)},
          {"sigma", sigma_},
          {"population", population_},
          {"generation", generation_}};
}

SepCmaEs SepCmaEs::load(const Json& json) {
  const auto size = json.at("size").get<std::size_t>();
  const auto read = [&](const char* key) { return unpack_floats(json.at(key), size, key); };
  SepCmaEs result(read("mean"), json.at("sigma"), json.at("population"));
  result.variances_ = read("variances");
  result.path_sigma_ = read("path_sigma");
  result.path_c_ = read("path_c");
  result.generation_ = json.at("generation");
  return result;
}

}  // namespace fool
