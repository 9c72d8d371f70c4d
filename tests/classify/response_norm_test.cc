#include "classify/response_norm.h"

#include <gtest/gtest.h>

namespace fool {
namespace {

TEST(ResponseNorm, IsLibTorchs) {
  torch::manual_seed(1);
  const torch::Tensor x = torch::randn({2, 7, 3, 4});
  namespace F = torch::nn::functional;
  for (const int size : {3, 4, 5}) {
    for (const double beta : {0.75, 0.5}) {
      const auto options = F::LocalResponseNormFuncOptions(size).alpha(0.3).beta(beta).k(2);
      EXPECT_TRUE(torch::allclose(response_norm(x, size, 0.3, beta, 2),
                                  F::local_response_norm(x, options), 1e-5, 1e-6))
          << size << " " << beta;
    }
  }
}

}  // namespace
}  // namespace fool
