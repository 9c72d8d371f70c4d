#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "fakes/fake_model.h"
#include "fakes/pixel_classifier.h"
#include "fool/classify/classifier.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Certain of whatever it sees, the more the darker the first pixel is.
class Certain : public fakes::PixelClassifier {
 public:
  using PixelClassifier::PixelClassifier;
  void classify(const ImageBatch& images, Span<float> probabilities) override {
    PixelClassifier::classify(images, probabilities);
    for (std::size_t i = 0; i < probabilities.size(); i += 2) {
      probabilities[i + 1] = 1e-12F * (1 + probabilities[i + 1]);
      probabilities[i] = 1;
    }
  }
};

TEST(VaryingOutput, AcceptsANetworkThatSeesAnything) {
  fakes::PixelClassifier pixel({4, 4, 3});  // looks at a single pixel
  require_varying_output(pixel);
}

// As one does that has learned to give what is no image to a class of its own.
TEST(VaryingOutput, AcceptsANetworkThatIsCertainOfAllProbes) {
  Certain certain({4, 4, 3});
  require_varying_output(certain);
}

TEST(VaryingOutput, RefusesAConstantNetwork) {
  const auto constant = open_classifier(fakes::fake_model(5, {4, 4, 3}, {{"emit", "constant"}}));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { require_varying_output(*constant); }),
              AllOf(HasSubstr("fake: the network gives the same output for a black, a white"),
                    HasSubstr("input range, mean or std are wrong")));
}

}  // namespace
}  // namespace fool
