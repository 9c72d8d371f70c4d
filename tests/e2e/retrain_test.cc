// Rounds of training and evolution, with Ctrl-C between the runs of one.
#include <gmock/gmock.h>

#include "data/data_files.h"
#include "e2e/run_fool.h"
#include "train/bar_dataset.h"

namespace fool::e2e {
namespace {

using ::testing::HasSubstr;

class Retrain : public EndToEnd {};

TEST_F(Retrain, InterruptedItKeepsWhatIsCompleteAndResumedItIsTheSame) {
  const ScratchFolder data;
  put_mnist_files(data, BarDataset(200, 1), BarDataset(20, 2));
  const auto arguments = [&](const std::string& out) {
    std::vector<std::string> words{"retrain", "--data", data.path(), "--out", path(out)};
    for (const char* word :
         {"--scale", "smoke", "--rounds", "2", "--runs", "8", "--first-images", "160", "--images",
          "20", "--epochs", "1", "--generations", "20", "--workers", "1", "--progress", "off"}) {
      words.emplace_back(word);
    }
    return words;
  };
  Process process(arguments("run"), folder_);
  process.wait_until([&] { return fs::exists(folder_ / "run/round_01/runs/run_001.safetensors"); });
  process.signal(SIGINT);
  const Result stopped = process.wait();
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("fool retrain --resume"));
  EXPECT_TRUE(fs::exists(folder_ / "run/round_01/dnn_01.json"));
  EXPECT_FALSE(fs::exists(folder_ / "run/round_01/round.json"));

  const Result resumed = fool({"retrain", "--resume", path("run"), "--workers", "2"});
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  ASSERT_EQ(fool(arguments("whole")).code, 0);
  for (const char* name : {"rounds.csv", "confidences.csv", "round_02/dnn_02.safetensors"}) {
    EXPECT_TRUE(read_file(folder_ / "run" / name) == read_file(folder_ / "whole" / name)) << name;
  }
}

}  // namespace
}  // namespace fool::e2e
