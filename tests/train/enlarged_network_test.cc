#include "train/enlarged_network.h"

#include <gmock/gmock.h>

#include "fakes/expect_error.h"
#include "fool/core/error.h"
#include "train/random_built_in.h"

namespace fool {
namespace {

using testing::HasSubstr;

// All classes keep their logits, and the new one begins with their mean, where the last layer is a
// linear one.
TEST(EnlargedNetwork, KnowsTheOldClassesAsBefore) {
  const ScratchFolder folder;
  for (const std::string architecture : {"lenet", "mobilenet_v2"}) {
    const ModelSpec spec = write_random_network(folder, architecture, 10, 64);
    const EnlargedNetwork enlarged = enlarge_network(spec);
    const torch::NoGradGuard no_gradient;
    const ImageShape shape = spec.input.shape();
    const torch::Tensor input = torch::rand({2, shape.channels, shape.height, shape.width});
    const torch::Tensor before = make_unfolded_network(spec)->forward(input);
    const torch::Tensor after = enlarged.network->forward(input);
    EXPECT_EQ(after.size(1), 11) << architecture;
    EXPECT_TRUE(torch::allclose(after.narrow(1, 0, 10), before, 1e-4, 1e-4)) << architecture;
    EXPECT_TRUE(torch::allclose(after.select(1, 10), before.mean(1), 1e-3, 1e-3)) << architecture;
  }
}

TEST(EnlargedNetwork, NamesItsLastLayer) {
  const ScratchFolder folder;
  const auto last = [&](const std::string& architecture) {
    return enlarge_network(write_random_network(folder, architecture, 7, 64)).last;
  };
  EXPECT_EQ(last("lenet"), "fc2");
  EXPECT_EQ(last("mobilenet_v2"), "classifier.1");
  EXPECT_EQ(last("squeezenet1_1"), "classifier.1");
}

TEST(EnlargedNetwork, LayersOfACardHaveNoRoom) {
  ModelSpec spec;
  spec.name = "stack";
  spec.architecture = "sequential";
  spec.classes = 10;
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { enlarge_network(spec); }),
              HasSubstr("stack: its card describes its layers, which have room for 10 classes"));
}

}  // namespace
}  // namespace fool
