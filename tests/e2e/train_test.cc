// Ctrl-C in the middle of a training.
#include "data/data_files.h"
#include "e2e/run_fool.h"
#include "train/bar_dataset.h"

namespace fool::e2e {
namespace {

class Train : public EndToEnd {};

TEST_F(Train, InterruptedItLeavesNothingHalfDone) {
  const ScratchFolder data;
  put_mnist_files(data, BarDataset(300, 1), BarDataset(20, 2));
  fs::create_directories(folder_ / "out");
  Process process({"train", "--data", data.path(), "--out", path("out/net.safetensors"), "--epochs",
                   "1000", "--progress", "json"},
                  folder_);
  process.wait_until([&] {
    return fs::exists(folder_ / "stderr.txt") && fs::file_size(folder_ / "stderr.txt") > 0;
  });
  process.signal(SIGINT);
  const Result result = process.wait();
  EXPECT_EQ(result.code, 130) << result.err;
  EXPECT_TRUE(fs::is_empty(folder_ / "out"));
}

}  // namespace
}  // namespace fool::e2e
