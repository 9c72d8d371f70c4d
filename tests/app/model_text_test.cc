#include "app/model_text.h"

#include <gtest/gtest.h>

#include "fakes/fake_model.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"

namespace fool {
namespace {

TEST(ModelText, GivesWidthHeightAndChannels) {
  ModelSpec spec = fakes::fake_model(2, {20, 30, 3});
  EXPECT_EQ(input_text(spec), "30x20 RGB");
  spec.input.channels = ChannelOrder::kBgr;
  EXPECT_EQ(input_text(spec), "30x20 BGR");
  EXPECT_EQ(input_text(fakes::fake_model(2, {8, 8, 1})), "8x8 grey");
}

TEST(ModelText, KnowsWhetherWeightsAreThere) {
  const ScratchFolder folder;
  ModelSpec spec = fakes::fake_model(2, {8, 8, 1});
  EXPECT_TRUE(has_weights(spec));  // needs none
  spec.weights = folder / "w";
  EXPECT_FALSE(has_weights(spec));
  write_file(spec.weights, "w");
  EXPECT_TRUE(has_weights(spec));
}

}  // namespace
}  // namespace fool
