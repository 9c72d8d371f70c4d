#include <gmock/gmock.h>

#include "app/in_process.h"
#include "data/data_files.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/model/model_spec.h"
#include "train/bar_dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

class TrainCommand : public testing::Test {
 protected:
  TrainCommand() { put_mnist_files(scratch_, BarDataset(200, 1), BarDataset(40, 2)); }

  InProcess train(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"train",    "--data", scratch_.path(), "--progress", "off",
                                       "--epochs", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }
  std::string path(const std::string& name) const { return (scratch_ / name).string(); }

  ScratchFolder scratch_;
};

TEST_F(TrainCommand, WritesAModelAndSaysHowGoodItIs) {
  const InProcess result =
      train({"--out", path("a.safetensors"), "--seed", "3", "--learning-rate", "0.02", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json summary = Json::parse(result.out);
  EXPECT_EQ(summary.at("weights"), path("a.safetensors"));
  EXPECT_EQ(summary.at("sha256"), sha256_file(path("a.safetensors")));
  EXPECT_EQ(summary.at("test_images"), 40);
  const ModelSpec spec = read_card(path("a.json"));
  const Json& by = spec.raw.at("trained_by");
  EXPECT_THAT(by.at("command").get<std::string>(), testing::StartsWith("fool train --data "));
  EXPECT_EQ(by.at("settings").at("seed"), 3);
  EXPECT_EQ(by.at("settings").at("learning_rate"), 0.02);
  EXPECT_EQ(by.at("settings").at("batch_size"), 128);
  EXPECT_EQ(spec.raw.at("measured").at(0).at("top1_correct"), summary.at("test_correct"));
}

TEST_F(TrainCommand, WorkersAndTimeChangeNoBit) {
  ASSERT_EQ(train({"--out", path("a.safetensors"), "--workers", "1"}).code, 0);
  ASSERT_EQ(train({"--out", path("b.safetensors"), "--workers", "3"}).code, 0);
  ASSERT_EQ(train({"--out", path("c.safetensors"), "--seed", "2"}).code, 0);
  EXPECT_EQ(sha256_file(path("a.safetensors")), sha256_file(path("b.safetensors")));
  EXPECT_NE(sha256_file(path("a.safetensors")), sha256_file(path("c.safetensors")));
}

TEST_F(TrainCommand, ReplacesAModelOnlyByForce) {
  ASSERT_EQ(train({"--out", path("a.safetensors")}).code, 0);
  const InProcess again = train({"--out", path("a.safetensors")});
  EXPECT_EQ(again.code, 6);
  EXPECT_THAT(again.err,
              HasSubstr("a.safetensors is already there; choose another --out, or --force"));
  EXPECT_EQ(train({"--out", path("a.safetensors"), "--force", "--seed", "2"}).code, 0);
  // A card of some other model counts too.
  put(scratch_, "b.json", "{}");
  EXPECT_THAT(train({"--out", path("b.safetensors")}).err, HasSubstr("b.json is already there"));
}

TEST_F(TrainCommand, BadInputHasItsExitCodeAndWritesNothing) {
  const auto expect = [&](const std::vector<std::string>& more, int code,
                          const std::string& message) {
    const InProcess result = train(more);
    EXPECT_EQ(result.code, code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_FALSE(std::filesystem::exists(path("x.safetensors")));
    EXPECT_FALSE(std::filesystem::exists(path("x.json")));
  };
  expect({"--out", path("x.safetensors"), "--dataset", "minst"}, 2, "did you mean \"mnist\"?");
  expect({"--out", path("x.safetensors"), "--dataset", "folder"}, 2,
         "nothing called \"folder\" to train on");
  expect({"--out", path("x.safetensors"), "--momentum", "1.5"}, 3, "momentum");
  expect({"--out", path("x.safetensors"), "--seed", "many"}, 3, "seed");
  expect({"--out", path("x.pt")}, 2, "ends in .safetensors");
  expect({"--out", "/proc/x.safetensors"}, 6, "/proc/");
}

TEST_F(TrainCommand, SaysWhichFilesAreWanted) {
  const InProcess result =
      run_program({"train", "--data", path("nowhere"), "--out", path("x.safetensors")});
  EXPECT_EQ(result.code, 5);
  EXPECT_THAT(result.err, HasSubstr("is not a folder; fool data fetch mnist gets it; it is the "
                                    "files train-images-idx3-ubyte.gz"));
}

}  // namespace
}  // namespace fool
