#include <gmock/gmock.h>

#include "classify/network.h"
#include "classify/random_network.h"

// What the network computes is tested in networks_test.cc.
namespace fool {
namespace {

TEST(GoogLeNet, HasNoUseForTheAuxiliaryHeads) {
  ModelSpec spec = colour_spec("net.pth", 64, 10);
  const auto network =
      NetworkRegistry::instance().find("googlenet", "").make({{"transform_input", false}}, spec);
  std::map<std::string, TensorView> tensors = {
      {"aux1.conv.conv.weight", {}}, {"aux2.fc2.bias", {}}, {"auxiliary", {}}, {"fc.bias", {}}};
  network->rename(tensors);
  std::vector<std::string> names;
  for (const auto& [name, view] : tensors) names.push_back(name);
  EXPECT_THAT(names, ::testing::ElementsAre("auxiliary", "fc.bias"));
}

}  // namespace
}  // namespace fool
