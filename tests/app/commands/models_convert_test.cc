#include <gmock/gmock.h>

#include "app/in_process.h"
#include "classify/random_network.h"
#include "fakes/scratch_folder.h"

namespace fool {
namespace {

using testing::HasSubstr;

TEST(ModelsConvertCommand, SaysWhatItWrote) {
  const ScratchFolder folder;
  const RandomWeights weights = lenet_weights(10);
  write_safetensors(folder / "a.safetensors", weights.views);
  const std::string out = (folder / "b.safetensors").string();
  const InProcess done =
      run_program({"models", "convert", (folder / "a.safetensors").string(), "--out", out});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, testing::StartsWith(out + ": 8 tensors, 431080 numbers, sha256 "));
  EXPECT_THAT(done.out, HasSubstr((folder / "b.json").string() + ": its card\n"));
  EXPECT_THAT(done.err, HasSubstr("taken for lenet"));
}

TEST(ModelsConvertCommand, WrongUseIsAUsageError) {
  EXPECT_EQ(run_program({"models", "convert", "lenet-mnist"}).code, 2);
  EXPECT_EQ(run_program({"models", "convert", "lenet-mnist", "--out", "x.onnx"}).code, 2);
}

}  // namespace
}  // namespace fool
