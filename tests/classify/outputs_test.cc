#include "classify/outputs.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "fakes/expect_error.h"
#include "fakes/fake_model.h"

namespace fool {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsNan;

std::vector<float> probabilities(OutputKind kind, const std::vector<float>& outputs) {
  std::vector<float> result(outputs.size());
  to_probabilities(kind, outputs, result);
  return result;
}

TEST(Outputs, SoftmaxOfLogits) {
  const std::vector<float> logits = {1.0F, -2.0F, 30.0F, 29.0F, 0.5F};
  const std::vector<float> found = probabilities(OutputKind::kLogits, logits);
  double sum = 0.0;
  for (const float x : logits) sum += std::exp(static_cast<double>(x));
  for (std::size_t k = 0; k < logits.size(); ++k) {
    const double expected = std::exp(static_cast<double>(logits[k])) / sum;
    EXPECT_NEAR(found[k], expected, 4e-7 * expected) << k;
  }
}

TEST(Outputs, ObjectivesAgreeWithFiniteDifferences) {
  using Values = std::vector<float>;
  const Values logits = {0.5F, -1.0F, 2.0F, 0.25F};
  constexpr int kWanted = 1;
  const auto value = [](OutputKind kind, Objective objective, const Values& outputs) {
    const auto k = static_cast<std::size_t>(kWanted);
    if (objective == Objective::kLogit) return static_cast<double>(outputs[k]);
    const double p = probabilities(kind, outputs)[k];
    return objective == Objective::kProbability ? p : std::log(p);
  };
  for (const OutputKind kind : {OutputKind::kLogits, OutputKind::kProbabilities}) {
    for (const Objective objective :
         {Objective::kProbability, Objective::kLogProbability, Objective::kLogit}) {
      const bool bare = kind == OutputKind::kProbabilities;
      if (bare && objective == Objective::kLogit) continue;
      const Values outputs = bare ? probabilities(OutputKind::kLogits, logits) : logits;
      Values gradient(outputs.size());
      objective_gradient(kind, objective, probabilities(kind, outputs), kWanted, gradient);
      for (std::size_t k = 0; k < outputs.size(); ++k) {
        constexpr float kStep = 1e-3F;
        Values above = outputs;
        Values below = outputs;
        above[k] += kStep;
        below[k] -= kStep;
        const double slope =
            (value(kind, objective, above) - value(kind, objective, below)) / (2.0 * kStep);
        EXPECT_NEAR(gradient[k], slope, 1e-3 * std::max(1.0, std::abs(slope))) << k;
      }
    }
  }
}

TEST(Outputs, TheLogarithmOfNothingHasAGradient) {
  std::vector<float> gradient(2);
  objective_gradient(OutputKind::kProbabilities, Objective::kLogProbability,
                     std::vector<float>{0.0F, 1.0F}, 0, gradient);
  EXPECT_TRUE(std::isfinite(gradient[0]));
  EXPECT_GT(gradient[0], 0.0F);
  objective_gradient(OutputKind::kLogits, Objective::kLogProbability,
                     std::vector<float>{0.0F, 1.0F}, 0, gradient);
  EXPECT_THAT(gradient, ElementsAre(1.0F, -1.0F));
}

TEST(Outputs, LargeLogitsDoNotOverflow) {
  const std::vector<float> found = probabilities(OutputKind::kLogits, {1e4F, 0.0F, -1e4F});
  EXPECT_EQ(found[0], 1.0F);
  EXPECT_GT(found[1], 0.0F);  // as with Caffe and LibTorch in double precision, never quite 0
  EXPECT_LT(found[2], 1e-30F);
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(probabilities(OutputKind::kLogits, {0.0F, -infinity})[0], 1.0F);
}

TEST(Outputs, OtherKinds) {
  EXPECT_THAT(probabilities(OutputKind::kProbabilities, {0.25F, 0.75F}), ElementsAre(0.25F, 0.75F));
  const std::vector<float> found =
      probabilities(OutputKind::kLogProbabilities, {std::log(0.25F), std::log(0.75F)});
  EXPECT_NEAR(found[0], 0.25F, 1e-6);
  EXPECT_NEAR(found[1], 0.75F, 1e-6);
}

TEST(Outputs, NotANumberSpoilsTheRow) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_THAT(probabilities(OutputKind::kLogits, {1.0F, nan}), Each(IsNan()));
  EXPECT_THAT(probabilities(OutputKind::kLogits, {nan, 1.0F}), Each(IsNan()));
  EXPECT_THAT(probabilities(OutputKind::kLogits, {infinity, 1.0F}), Each(IsNan()));
  EXPECT_THAT(probabilities(OutputKind::kLogits, {-infinity, -infinity}), Each(IsNan()));
}

TEST(Outputs, ShapeMustBeThatOfTheCard) {
  const ModelSpec spec = fakes::fake_model(10, {28, 28, 1});
  const auto check = [&](std::vector<std::int64_t> shape) { expect_output_shape(spec, 3, shape); };
  check({3, 10});
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] {
                              check({3, 9});
                            }),
              HasSubstr("fake: the network gave an output of shape [3, 9] for 3 images; expected "
                        "[3, 10], the classes of its card"));
  error_message(ErrorKind::kModel, [&] { check({2, 10}); });
  error_message(ErrorKind::kModel, [&] { check({3, 10, 1}); });
  error_message(ErrorKind::kModel, [&] { check({30}); });
}

TEST(Outputs, ProbabilitiesHaveNoLogits) {
  ModelSpec spec = fakes::fake_model(10, {28, 28, 1});
  for (const OutputKind kind : {OutputKind::kLogits, OutputKind::kLogProbabilities}) {
    spec.output = kind;
    expect_logits(spec);
  }
  spec.output = OutputKind::kProbabilities;
  EXPECT_THAT(error_message(ErrorKind::kUsage, [&] { expect_logits(spec); }),
              HasSubstr("fake: the network gives probabilities, not logits"));
}

}  // namespace
}  // namespace fool
