#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fakes/pixel_classifier.h"
#include "fool/classify/classifier.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(VaryingOutput, AcceptsANetworkThatSeesAnything) {
  fakes::PixelClassifier pixel({4, 4, 3});  // looks at a single pixel
  require_varying_output(pixel);
}

TEST(VaryingOutput, RefusesAConstantNetwork) {
  const auto constant = open_classifier(fakes::fake_model(5, {4, 4, 3}, {{"emit", "constant"}}));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { require_varying_output(*constant); }),
              AllOf(HasSubstr("fake: the network gives the same output for a black, a white"),
                    HasSubstr("input range, mean or std are wrong")));
}

}  // namespace
}  // namespace fool
