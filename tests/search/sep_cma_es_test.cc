#include "search/sep_cma_es.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace fool {
namespace {

constexpr std::size_t kSize = 20;

// An ellipsoid whose axes differ by up to 1000: what a diagonal covariance is for.
double cost(const std::vector<float>& x) {
  double sum = 0;
  double scale = 1;
  for (const float value : x) {
    sum += scale * static_cast<double>(value) * static_cast<double>(value);
    scale *= 1.438;  // 1000 ^ (1 / 19)
  }
  return sum;
}

double advance(SepCmaEs& cma, int generation) {
  std::vector<std::vector<float>> points;
  std::vector<double> costs;
  for (int i = 0; i < cma.population(); ++i) {
    points.push_back(cma.sample(
        {1, "test", static_cast<std::uint32_t>(generation), static_cast<std::uint32_t>(i)}));
    costs.push_back(cost(points.back()));
  }
  std::vector<int> order(points.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return costs[static_cast<std::size_t>(a)] < costs[static_cast<std::size_t>(b)];
  });
  cma.tell(points, order);
  return costs[static_cast<std::size_t>(order[0])];
}

TEST(SepCmaEs, FindsTheMinimumOfAnEllipsoid) {
  SepCmaEs cma(std::vector<float>(kSize, 3.0F), 1.0, 12);
  const double first = advance(cma, 0);
  double best = first;
  for (int g = 1; g < 400; ++g) best = std::min(best, advance(cma, g));
  EXPECT_GT(first, 1000);
  EXPECT_LT(best, 1e-6);
  EXPECT_LT(cma.sigma(), 0.01);
}

TEST(SepCmaEs, GoesOnFromWhatWasSaved) {
  SepCmaEs cma(std::vector<float>(kSize, 3.0F), 1.0, 12);
  for (int g = 0; g < 20; ++g) advance(cma, g);
  SepCmaEs copy = SepCmaEs::load(Json::parse(cma.save().dump()));
  for (int g = 20; g < 30; ++g) EXPECT_EQ(advance(copy, g), advance(cma, g));
  EXPECT_EQ(copy.save(), cma.save());
}

}  // namespace
}  // namespace fool
