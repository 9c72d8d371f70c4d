#include <gmock/gmock.h>

#include "app/fake_card.h"
#include "app/in_process.h"
#include "classify/random_network.h"
#include "fakes/environment.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/model/safetensors.h"

namespace fool {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// A folder with the card of a network whose weights are elsewhere.
class ModelsInfo : public testing::Test {
 protected:
  ModelsInfo() {
    Json card = fake_card(2, 16, {{"depth", 3}}, "net");
    card["format"] = "safetensors";
    card["architecture"] = "lenet";
    card["weights"] = "net.safetensors";
    card["sha256_prefix"] = "0123abcd";
    card["bytes"] = 4'958'839;
    card["urls"] = {"https://a.example/net.safetensors", "https://b.example/net.safetensors"};
    card["labels"] = "names.txt";
    card["labels_urls"] = {"https://a.example/names.txt"};
    card["licence"] = "BSD";
    card["published"] = {{"top1", 0.58178}, {"top5", 0.80624}, {"data", "photos"}};
    card["input"]["resize"] = {
        {"shorter_side", 20}, {"interpolation", "bicubic"}, {"then", "centre_crop"}};
    write_file(folder_ / "net.json", card.dump());
  }

  // Two small tensors of names of no known network.
  std::string weights_file() const {
    const std::string zeros(24, '\0');
    const std::filesystem::path path = folder_ / "lonely.safetensors";
    write_safetensors(path, {{"a.weight", {DType::kF32, {2, 3}, zeros}},
                             {"b\x1b[2J", {DType::kI64, {}, std::string_view(zeros).substr(16)}}});
    return path.string();
  }

  const char* variable_ = std::getenv("FOOL_MODEL_PATH");
  const std::string given_models_ = variable_ == nullptr ? "" : variable_;
  ScratchFolder folder_;
  ScopedVariable path_{"FOOL_MODEL_PATH", folder_.path().string()};
  ScopedVariable home_{"HOME", (folder_ / "home").string()};
  ScopedVariable cache_{"XDG_CACHE_HOME", (folder_ / "cache").string()};
  ScopedVariable torch_{"TORCH_HOME", ""};
};

TEST_F(ModelsInfo, SaysWhatTheCardSays) {
  for (const std::string& model : {std::string("net"), (folder_ / "net.json").string()}) {
    const InProcess result = run_program({"models", "info", model});
    ASSERT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.out, ContainsRegex("name +net\n"));
    EXPECT_THAT(result.out, ContainsRegex("architecture +lenet \\(depth 3\\)\n"));
    EXPECT_THAT(result.out, ContainsRegex("input +16x16 RGB, 0..255, mean 0 0 0, std 1 1 1\n"));
    EXPECT_THAT(result.out, ContainsRegex("photos +shorter side to 20, bicubic, then the centre"));
    EXPECT_THAT(result.out, ContainsRegex("classes +2; names.txt is not here; from https://a.ex"));
    EXPECT_THAT(result.out, ContainsRegex("published +top-1 58.18 %, top-5 80.62 % on photos\n"));
    EXPECT_THAT(result.out, ContainsRegex("licence +BSD\n"));
    EXPECT_THAT(result.out,
                ContainsRegex("weights +net.safetensors is not here; fool models fetch net\n"));
    EXPECT_THAT(result.out, HasSubstr("5.0 MB, sha256 beginning with 0123abcd\n"));
    EXPECT_THAT(result.out, AllOf(ContainsRegex("from +https://a.example/net.safetensors\n"),
                                  ContainsRegex("from +https://b.example/net.safetensors\n")));
  }
}

TEST_F(ModelsInfo, SaysWhereThingsAre) {
  write_file(folder_ / "net.safetensors", "x");
  write_file(folder_ / "names.txt", "one\ntwo\n");
  const InProcess result = run_program({"models", "info", "net"});
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("labels in " + (folder_ / "names.txt").string()),
                    ContainsRegex("weights +" + (folder_ / "net.safetensors").string() + "\n")));
}

TEST_F(ModelsInfo, PrintsJson) {
  const Json report = Json::parse(run_program({"models", "info", "net", "--json"}).out).at("card");
  EXPECT_EQ(report.at("name"), "net");
  EXPECT_EQ(report.at("weights_present"), false);
  EXPECT_EQ(report.at("files").at(0).at("bytes"), 4'958'839);
  EXPECT_EQ(report.at("files").at(0).at("hash"), "sha256 beginning with 0123abcd");
  EXPECT_EQ(report.at("published").at("top1"), 0.58178);
}

TEST_F(ModelsInfo, ListsTheTensorsOfAFileWithoutACard) {
  const std::string file = weights_file();
  const InProcess result = run_program({"models", "info", file});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("fool: no card: "));
  EXPECT_THAT(result.out, HasSubstr(file + ": a safetensors file\n"));
  EXPECT_THAT(result.out, ContainsRegex("\na.weight +F32 +2x3\n"));
  EXPECT_THAT(result.out, ContainsRegex("I64 +scalar\n"));
  EXPECT_THAT(result.out, HasSubstr("2 tensors, 7 numbers\n"));
  EXPECT_THAT(result.out, Not(HasSubstr("\x1b"))) << "a file must not steer the terminal";

  const Json json = Json::parse(run_program({"models", "info", file, "--json"}).out);
  EXPECT_TRUE(json.at("card").is_null());
  EXPECT_EQ(json.at("file").at("numbers"), 7);
  EXPECT_EQ(json.at("file").at("tensors").at(0),
            (Json{{"name", "a.weight"}, {"dtype", "F32"}, {"shape", {2, 3}}}));
}

TEST_F(ModelsInfo, ShowsTheCardOfAFileThatHasOne) {
  const std::string zeros(4, '\0');
  write_safetensors(folder_ / "net.safetensors", {{"w", {DType::kF32, {1}, zeros}}});
  const InProcess result = run_program({"models", "info", (folder_ / "net.safetensors").string()});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(ContainsRegex("licence +BSD"), HasSubstr("1 tensors, 1 numbers")));
}

TEST_F(ModelsInfo, ListsACheckpointThatOldPyTorchWrote) {
  const std::filesystem::path file = std::filesystem::path(given_models_) / "mcunet_in3.pth";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no mcunet_in3.pth in FOOL_MODEL_PATH";
  const InProcess result = run_program({"models", "info", file.string()});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("a PyTorch checkpoint"));
  EXPECT_THAT(result.out, ContainsRegex("\nfirst_conv.conv.weight +F32 +16x3x3x3\n"));
}

TEST_F(ModelsInfo, NamesWhatItDoesNotFind) {
  EXPECT_EQ(run_program({"models", "info", "nett"}).code, 4);
  EXPECT_THAT(run_program({"models", "info", "nett"}).err, HasSubstr("did you mean \"net\""));
  write_file(folder_ / "notes.txt", "hello");
  EXPECT_EQ(run_program({"models", "info", (folder_ / "notes.txt").string()}).code, 4);
}

TEST(ModelsInfoCommand, TellsWhatItRecognised) {
  const ScratchFolder folder;
  const RandomWeights weights = lenet_weights(10);
  write_safetensors(folder / "mine.safetensors", weights.views);
  const std::string file = (folder / "mine.safetensors").string();
  const InProcess text = run_program({"models", "info", file});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, testing::HasSubstr("none; recognised by its tensors"));
  const Json json = Json::parse(run_program({"models", "info", file, "--json"}).out);
  EXPECT_EQ(json.at("card").at("architecture"), "lenet");
  EXPECT_EQ(json.at("card").at("input").at("channels"), "GRAY");
}

}  // namespace
}  // namespace fool
