// With tiny data and short runs; Ctrl-C is in tests/e2e.
#include <gmock/gmock.h>

#include "app/in_process.h"
#include "data/data_files.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/data/csv.h"
#include "fool/model/model_spec.h"
#include "fool/report/png.h"
#include "fool/report/run_folder.h"
#include "fool/train/fooling_class.h"
#include "train/bar_dataset.h"

namespace fool {
namespace {

using testing::HasSubstr;

class RetrainCommand : public testing::Test {
 protected:
  RetrainCommand() { put_mnist_files(scratch_, BarDataset(200, 1), BarDataset(40, 2)); }

  // Two rounds of two runs, which yield 40 images each.
  InProcess retrain(const std::string& out, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"retrain", "--data", scratch_.path(), "--out", path(out)};
    for (const char* word : {"--progress",     "off",
                             "--rounds",       "2",
                             "--runs",         "2",
                             "--first-images", "30",
                             "--images",       "20",
                             "--epochs",       "1",
                             "--generations",  "2",
                             "--set",          "search.init_size=20",
                             "--set",          "search.batch_size=20",
                             "--set",          "evaluate.block=20"}) {
      arguments.emplace_back(word);
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }
  InProcess resume(const std::string& out, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"retrain", "--resume", path(out), "--progress", "off"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

  std::string path(const std::string& name) const { return (scratch_ / name).string(); }
  std::string text(const std::string& name) const { return read_file(scratch_ / name); }

  void expect_same(const std::string& a, const std::string& b) const {
    for (const char* name : {"rounds.csv", "confidences.csv", "round_01/dnn_01.safetensors",
                             "round_02/dnn_02.safetensors", "round_01/fooling.safetensors",
                             "round_02/fooling.safetensors", "round_01/runs/run_001.safetensors",
                             "round_02/runs/run_001.safetensors", "round_02/round.json"}) {
      EXPECT_TRUE(text(a + "/" + name) == text(b + "/" + name)) << name;
    }
  }

  const ScratchFolder scratch_;
};

TEST_F(RetrainCommand, TeachesEachNetworkWhatFooledTheOneBefore) {
  const InProcess result = retrain("r", {"--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const Json rows = Json::parse(result.out).at("rounds");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("train_images"), 200);
  EXPECT_EQ(rows[0].at("fooling_images"), 0);
  EXPECT_TRUE(rows[0].at("caught_share").is_null());
  EXPECT_EQ(rows[1].at("train_images"), 230);
  EXPECT_EQ(rows[1].at("fooling_images"), 30);
  EXPECT_GE(rows[1].at("caught_share"), 0.0);
  EXPECT_TRUE(rows[1].at("mann_whitney_p").is_number());

  const CsvTable rounds(text("r/rounds.csv"), "rounds.csv");
  ASSERT_EQ(rounds.size(), 2U);
  EXPECT_EQ(rounds.at(1, rounds.column("fooling_images")), "30");
  const CsvTable confidences(text("r/confidences.csv"), "confidences.csv");
  EXPECT_EQ(confidences.size(), 2U * 2U * 10U);

  EXPECT_EQ(read_fooling_images(path("r/round_01/fooling.safetensors")).size(), 30);
  EXPECT_EQ(read_fooling_images(path("r/round_02/fooling.safetensors")).size(), 20);
}

TEST_F(RetrainCommand, WritesNetworksAndImagesThatOtherCommandsTake) {
  ASSERT_EQ(retrain("r").code, 0);
  const ModelSpec first = read_card(path("r/round_01/dnn_01.json"));
  EXPECT_EQ(first.classes, 10);
  const ModelSpec second = read_card(path("r/round_02/dnn_02.json"));
  EXPECT_EQ(second.classes, 11);
  EXPECT_EQ(second.label(9), "9");
  EXPECT_EQ(second.label(10), "fooling");
  EXPECT_EQ(second.raw.at("trained_by").at("settings").at("fooling_images"), 30);

  for (const char* image : {"r/round_01/run_00/0003_3.png", "r/round_02/run_00/0009_9.png"}) {
    const InProcess verified = run_program({"verify", path(image), "--progress", "off"});
    EXPECT_EQ(verified.code, 0) << verified.err;
  }
  EXPECT_THAT(run_program({"verify", path("r")}).err,
              HasSubstr("images of several networks; name one of them"));
}

// The network of the second round knows fooling images, but evolution does not aim at them.
TEST_F(RetrainCommand, TheFoolingClassIsNoGoalOfEvolution) {
  ASSERT_EQ(retrain("r").code, 0);
  const FoolingImages run = read_fooling_images(path("r/round_02/runs/run_000.safetensors"));
  ASSERT_EQ(run.size(), 20);
  for (const FoolingOrigin& origin : run.origins) EXPECT_LT(origin.class_index, 10);
  EXPECT_FALSE(std::filesystem::exists(path("r/round_02/run_00/0010_fooling.png")));
}

TEST_F(RetrainCommand, ResumedItIsTheSame) {
  ASSERT_EQ(retrain("whole", {"--workers", "1"}).code, 0);
  ASSERT_EQ(retrain("part", {"--rounds", "1", "--workers", "2"}).code, 0);
  ASSERT_EQ(resume("part", {"--rounds", "2"}).code, 0);
  expect_same("part", "whole");

  // As if it had been killed in the middle of evolution, and of training.
  std::filesystem::remove(path("part/rounds.csv"));
  std::filesystem::remove(path("part/round_02/round.json"));
  std::filesystem::remove(path("part/round_02/fooling.safetensors"));
  std::filesystem::remove(path("part/round_02/runs/run_001.safetensors"));
  ASSERT_EQ(resume("part", {"--workers", "3"}).code, 0);
  expect_same("part", "whole");
  std::filesystem::remove(path("part/round_02/round.json"));
  std::filesystem::remove(path("part/round_02/dnn_02.json"));
  ASSERT_EQ(resume("part").code, 0);
  expect_same("part", "whole");
}

TEST_F(RetrainCommand, MayBeginWithAGivenNetwork) {
  const InProcess result = retrain("r", {"--model", "lenet-mnist", "--rounds", "1", "--runs", "1",
                                         "--first-images", "20", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_FALSE(std::filesystem::exists(path("r/round_01/dnn_01.safetensors")));
  EXPECT_EQ(read_run_record(path("r")).model, "lenet-mnist");
  EXPECT_EQ(Json::parse(result.out).at("rounds").at(0).at("runs"), 1);
}

TEST_F(RetrainCommand, BadInputHasItsExitCode) {
  const auto expect = [&](const std::vector<std::string>& more, int code,
                          const std::string& message) {
    const InProcess result = retrain("bad", more);
    EXPECT_EQ(result.code, code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_FALSE(std::filesystem::exists(path("bad/run.json")));
  };
  expect({"--scale", "hours"}, 2, "did you mean \"hour\"?");
  expect({"--rounds", "0"}, 3, "retrain.rounds: expected 1..1000, found 0");
  expect({"--set", "train.seed=3"}, 3, "train.seed");
  expect({"--set", "evaluate.device=cuda"}, 3, "on the processor's cores; expected \"cpu\"");
  expect({"--set", "image.crops=10"}, 3, "image.crops: fool retrain draws images in the networks'");
  expect({"--model", "lenet-mnits"}, 4, "lenet-mnist");
  expect({"--data", path("nowhere")}, 5, "is not a folder");
}

TEST_F(RetrainCommand, OnlyItsOwnFoldersAreResumed) {
  ASSERT_EQ(retrain("r", {"--rounds", "1"}).code, 0);
  EXPECT_EQ(retrain("r").code, 6);  // there is one already
  EXPECT_THAT(resume("r", {"--seed", "2"}).err, HasSubstr("only --rounds, --workers"));
  EXPECT_THAT(run_program({"evolve", "--resume", path("r")}).err,
              HasSubstr("continue it with fool retrain --resume"));
  EXPECT_THAT(run_program({"evolve", "--set", "retrain.rounds=2"}).err,
              HasSubstr("are for fool retrain"));
  RunRecord record = read_run_record(path("r"));
  record.fingerprint["library"] = "another";
  RunFolder::resume(path("r")).write_record(record);
  EXPECT_THAT(resume("r").err, HasSubstr("library is not what the rounds were made with"));
  record.config.erase("retrain");
  RunFolder::resume(path("r")).write_record(record);
  EXPECT_THAT(resume("r").err, HasSubstr("was not made by fool retrain"));
}

// The photos are digits here, of two each in ten folders, and what fools the network is grey.
class RetrainWithPhotos : public testing::Test {
 protected:
  RetrainWithPhotos() {
    const BarDataset photos(20, 1);
    for (int i = 0; i < 20; ++i) {
      const LabelledImage item = photos.at(i);
      put_picture(fmt::format("photos/{}/{}.png", item.label, i), item.image);
    }
    for (int i = 0; i < 10; ++i) {
      ImageBatch grey(1, {28, 28, 1});
      std::fill_n(grey[0].data, grey.bytes().size(), static_cast<std::uint8_t>(100 + i));
      put_picture(fmt::format("fooling/{}.png", i), grey);
    }
  }

  void put_picture(const std::string& name, const ImageBatch& image) const {
    std::filesystem::create_directories((scratch_ / name).parent_path());
    write_png(scratch_ / name, image[0]);
  }

  std::string path(const std::string& name) const { return (scratch_ / name).string(); }

  InProcess retrain(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"retrain", "--dataset", path("photos"), "--progress", "off"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

  const ScratchFolder scratch_;
};

TEST_F(RetrainWithPhotos, TeachesAGivenNetworkOneClassMore) {
  for (const std::string layers : {"last", "all"}) {
    const InProcess result =
        retrain({"--model", "lenet-mnist", "--fooling", path("fooling"), "--layers", layers,
                 "--epochs", "40", "--learning-rate", "0.01", "--out", path(layers), "--json"});
    ASSERT_EQ(result.code, 0) << result.err;
    const Json summary = Json::parse(result.out);
    EXPECT_EQ(summary, Json::parse(read_file(path(layers + "/fine_tuning.json"))));
    EXPECT_EQ(summary.at("held_out").at("photos"), 4);
    EXPECT_EQ(summary.at("held_out").at("fooling_images"), 2);
    EXPECT_EQ(summary.at("settings").at("photos"), 16);
    EXPECT_EQ(summary.at("before").at("fooling_caught"), 0.0);
    EXPECT_EQ(summary.at("after").at("fooling_caught"), 1.0);
    const ModelSpec tuned = read_card(path(layers + "/lenet-mnist-fooling.json"));
    EXPECT_EQ(tuned.classes, 11);
    EXPECT_EQ(tuned.label(10), "fooling");
  }
  const InProcess again =
      retrain({"--model", "lenet-mnist", "--fooling", path("fooling"), "--out", path("last")});
  EXPECT_EQ(again.code, 6);
  EXPECT_THAT(again.err, HasSubstr("is already there; choose another --out"));
}

TEST_F(RetrainWithPhotos, SaysWhatIsMissingOrDoesNotGoWithIt) {
  const auto expect = [&](const std::vector<std::string>& more, int code,
                          const std::string& message) {
    const InProcess result = retrain(more);
    EXPECT_EQ(result.code, code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
  };
  expect({"--model", "lenet-mnist"}, 2, "photos go with the network that learns on");
  expect({"--fooling", path("fooling")}, 2, "photos go with the network that learns on");
  expect({"--model", "lenet-mnist", "--fooling", path("fooling"), "--rounds", "3"}, 2,
         "retrain.rounds is of rounds of evolution");
  expect({"--model", "lenet-mnist", "--fooling", path("fooling"), "--layers", "first"}, 2,
         "expected last or all, found \"first\"");
  expect({"--model", "lenet-mnist", "--fooling", path("fooling"), "--epochs", "0"}, 3,
         "fine_tune.epochs: expected 1..1000, found 0");
  expect({"--model", "lenet-mnist", "--fooling", path("nowhere"), "--out", path("x")}, 5,
         "cannot be listed");
  EXPECT_THAT(run_program({"retrain", "--fooling", path("fooling")}).err,
              HasSubstr("go with a folder of photos"));
}

}  // namespace
}  // namespace fool
