#include <gmock/gmock.h>

#include "fakes/environment.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/model/model_spec.h"
#include "fool/model/safetensors.h"

namespace fool {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kBytes = "the weights";

Json card(const std::string& name) {
  return {{"name", name},
          {"format", "safetensors"},
          {"weights", name + ".safetensors"},
          {"classes", 2},
          {"input",
           {{"height", 4},
            {"width", 4},
            {"channels", "GRAY"},
            {"range", "0..1"},
            {"mean", Json::array({0.0})},
            {"std", Json::array({1.0})}}},
          {"output", "logits"}};
}

// Two folders in the order in which they are searched.
class Finder : public ::testing::Test {
 protected:
  Finder() {
    std::filesystem::create_directory(first_);
    std::filesystem::create_directory(second_);
  }
  static void write_card(const std::filesystem::path& folder, const Json& json) {
    write_file(folder / (json.at("name").get<std::string>() + ".json"), json.dump());
  }

  ScratchFolder scratch_;
  std::filesystem::path first_ = scratch_ / "first";
  std::filesystem::path second_ = scratch_ / "second";
  ModelFinder finder_{{first_, second_}};
};

TEST_F(Finder, FindsANameInTheFirstFolderThatHasIt) {
  write_card(second_, card("net"));
  write_file(second_ / "net.safetensors", kBytes);
  EXPECT_EQ(finder_.find("net").card, second_ / "net.json");
  write_card(first_, card("net"));
  EXPECT_EQ(finder_.find("net").card, first_ / "net.json");
  EXPECT_EQ(finder_.find("net.json").card, first_ / "net.json");
  EXPECT_EQ(finder_.find((second_ / "net.json").string()).card, second_ / "net.json");
}

TEST_F(Finder, FindsAModelByTheNameInItsCard) {
  write_file(first_ / "file.json", card("inner").dump());
  EXPECT_EQ(finder_.find("inner").card, first_ / "file.json");
}

TEST_F(Finder, LooksForWeightsInAllFolders) {
  write_card(second_, card("net"));
  write_file(first_ / "net.safetensors", kBytes);
  EXPECT_EQ(finder_.find("net").weights, first_ / "net.safetensors");
  write_file(second_ / "net.safetensors", kBytes);
  EXPECT_EQ(finder_.find("net").weights, second_ / "net.safetensors");
}

TEST_F(Finder, TakesAWeightsFile) {
  write_card(first_, card("net"));
  write_file(first_ / "net.safetensors", kBytes);
  EXPECT_EQ(finder_.find((first_ / "net.safetensors").string()).name, "net");
  EXPECT_EQ(finder_.find("net.safetensors").name, "net");
  // The card may be in another folder than the file.
  write_file(scratch_ / "net.safetensors", kBytes);
  const ModelSpec spec = finder_.find((scratch_ / "net.safetensors").string());
  EXPECT_EQ(spec.weights, scratch_ / "net.safetensors");
  EXPECT_EQ(spec.card, first_ / "net.json");
}

TEST_F(Finder, TakesAnotherFileOfTheCard) {
  Json json = card("net");
  const std::string hash = sha256_hex(kBytes);
  json["other_files"] = {
      {{"file", "net.torchscript.pt"}, {"format", "torchscript"}, {"sha256", hash}}};
  write_card(first_, json);
  write_file(first_ / "net.torchscript.pt", kBytes);
  const ModelSpec spec = finder_.find((first_ / "net.torchscript.pt").string());
  EXPECT_EQ(spec.format, "torchscript");
  EXPECT_EQ(spec.sha256, hash);
  EXPECT_EQ(spec.weights, first_ / "net.torchscript.pt");
}

TEST_F(Finder, RefusesWeightsThatAreNotTheCards) {
  write_card(first_, card("net"));
  write_file(first_ / "net.pt", kBytes);
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { finder_.find("net.pt"); }),
              HasSubstr("net.json: is the card of net.safetensors, not of net.pt"));
}

// A file of one's own may be called like a bundled card; it is looked at, not refused for its name.
TEST_F(Finder, ACardOfThatNameElsewhereIsNotItsCard) {
  write_card(first_, card("net"));
  write_safetensors(scratch_ / "net.pth", {});
  EXPECT_THAT(
      error_message(ErrorKind::kModel, [&] { finder_.find((scratch_ / "net.pth").string()); }),
      HasSubstr("net.pth: no built-in network has such weights"));
}

TEST_F(Finder, RefusesUnknownWeightsWithoutACard) {
  write_safetensors(scratch_ / "lonely.safetensors", {});
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] { finder_.find((scratch_ / "lonely.safetensors").string()); }),
              HasSubstr("lonely.safetensors: no built-in network has such weights"));
}

TEST_F(Finder, NamesTheNearestModelAndWhereItLooked) {
  write_card(first_, card("squeezenet1_1"));
  write_card(second_, card("lenet"));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { finder_.find("squeezenet1_2"); }),
              AllOf(HasSubstr("there is no model \"squeezenet1_2\", did you mean "
                              "\"squeezenet1_1\"?; known: squeezenet1_1, lenet; looked in: "),
                    HasSubstr(first_.string() + ", " + second_.string())));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { finder_.find("some/where.json"); }),
              HasSubstr("there is no model card or weights file some/where.json"));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { ModelFinder({}).find("net"); }),
              HasSubstr("known: none; looked in: no folder (set FOOL_MODEL_PATH"));
}

TEST_F(Finder, MissingWeightsSayWhatToDo) {
  Json json = card("net");
  json["sha256"] = std::string(64, '0');
  json["source"] = "the net's home page";
  write_card(second_, json);
  const ModelSpec spec = finder_.find("net");
  EXPECT_THAT(
      error_message(ErrorKind::kModel, [&] { verify_weights(spec); }),
      HasSubstr("net needs the weights file net.safetensors (sha256 " + std::string(64, '0') +
                "), which is not there; looked in: " + second_.string() + ", " + first_.string() +
                "; put the file into one of these folders, or name its folder in "
                "FOOL_MODEL_PATH; source: the net's home page"));
  json["urls"] = {"https://a.example/net.safetensors"};
  write_card(second_, json);
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { verify_weights(finder_.find("net")); }),
              HasSubstr("FOOL_MODEL_PATH; `fool models fetch net` downloads it; source: "));
  ModelSpec bare = read_card(second_ / "net.json");
  bare.sha256.clear();
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { verify_weights(bare); }),
              HasSubstr("(sha256 not known), which is not there; looked in: " + second_.string()));
}

TEST_F(Finder, WeightsMustHaveTheCardsHash) {
  Json json = card("net");
  write_file(first_ / "net.safetensors", kBytes);
  write_card(first_, json);
  verify_weights(finder_.find("net"));  // no hash known: nothing to compare with
  json["sha256"] = sha256_hex(kBytes);
  write_card(first_, json);
  verify_weights(finder_.find("net"));

  write_file(first_ / "net.safetensors", kBytes.substr(1));
  EXPECT_THAT(error_message(ErrorKind::kModel, [&] { verify_weights(finder_.find("net")); }),
              AllOf(HasSubstr("net.safetensors: sha256 is " + sha256_hex(kBytes.substr(1))),
                    HasSubstr("net.json expects " + sha256_hex(kBytes)),
                    HasSubstr("truncated, damaged or another version")));
}

TEST_F(Finder, PartOfAHashAndAnotherHashAreComparedToo) {
  const std::string sha256 = sha256_hex(kBytes);
  write_file(first_ / "net.safetensors", kBytes);
  for (const auto& [key, right, wrong] :
       {std::tuple{"sha256_prefix", sha256.substr(0, 8), std::string("00000000")},
        std::tuple{"sha1", hash_file(first_ / "net.safetensors", HashKind::kSha1),
                   std::string(40, '0')}}) {
    Json json = card("net");
    json[key] = right;
    write_card(first_, json);
    verify_weights(finder_.find("net"));
    json[key] = wrong;
    write_card(first_, json);
    EXPECT_THAT(error_message(ErrorKind::kModel, [&] { verify_weights(finder_.find("net")); }),
                HasSubstr("expects " + wrong));
  }
}

TEST_F(Finder, ListsCardsAndReportsBrokenOnes) {
  write_card(first_, card("b"));
  write_card(first_, card("a"));
  write_card(second_, card("a"));
  write_card(second_, card("c"));
  write_file(first_ / "a.golden.json", R"({"inputs": []})");
  write_file(first_ / "list.json", "[]");
  write_file(first_ / "broken.json", "{");
  Json incomplete = card("incomplete");
  incomplete.erase("classes");
  write_card(second_, incomplete);
  std::vector<std::string> problems;
  std::vector<std::string> names;
  for (const ModelSpec& spec : finder_.list(&problems)) names.push_back(spec.name);
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
  EXPECT_THAT(problems, ElementsAre(HasSubstr("broken.json"), HasSubstr("incomplete.json")));
  EXPECT_EQ(finder_.list().size(), 3U);
}

TEST_F(Finder, TheEnvironmentComesBeforeTheBundledCards) {
  const ScopedVariable home("FOOL_DATA_HOME", scratch_.path().string());
  std::filesystem::create_directory(scratch_ / "models");
  const ScopedVariable path("FOOL_MODEL_PATH", first_.string() + "/::" + second_.string());
  const ScopedVariable cache("XDG_CACHE_HOME", (scratch_ / "cache").string());
  const std::filesystem::path downloads = scratch_ / "cache/fool/models";
  EXPECT_THAT(ModelFinder::from_environment().folders(),
              ElementsAre(first_, second_, scratch_ / "models", downloads));
  std::filesystem::remove(scratch_ / "models");
  EXPECT_THAT(ModelFinder::from_environment().folders(), ElementsAre(first_, second_, downloads));
}

}  // namespace
}  // namespace fool
