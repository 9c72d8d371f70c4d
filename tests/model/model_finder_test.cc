#include <gmock/gmock.h>

#include <cstdlib>

#include "fakes/environment.h"
#include "fakes/expect_error.h"
#include "fakes/scratch_folder.h"
#include "fool/core/files.h"
#include "fool/model/model_spec.h"

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

TEST_F(Finder, RefusesWeightsWithoutACard) {
  write_file(scratch_ / "lonely.safetensors", kBytes);
  EXPECT_THAT(error_message(ErrorKind::kModel,
                            [&] { finder_.find((scratch_ / "lonely.safetensors").string()); }),
              AllOf(HasSubstr("lonely.safetensors: weights need a card"), HasSubstr("lonely.json"),
                    HasSubstr(first_.string() + ", " + second_.string())));
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
  EXPECT_THAT(ModelFinder::from_environment().folders(),
              ElementsAre(first_, second_, scratch_ / "models"));
  std::filesystem::remove(scratch_ / "models");
  EXPECT_THAT(ModelFinder::from_environment().folders(), ElementsAre(first_, second_));
}

TEST(BundledModels, AllCardsCanBeRead) {
  const ScopedVariable unset("FOOL_DATA_HOME", "");
  std::vector<std::string> problems;
  const auto specs = ModelFinder({resource_folder("models")}).list(&problems);
  EXPECT_THAT(problems, ElementsAre());
  std::vector<std::string> names;
  for (const ModelSpec& spec : specs) {
    names.push_back(spec.name);
    EXPECT_EQ(spec.card.stem(), spec.name);
    EXPECT_EQ(spec.sha256.size(), 64U) << spec.name;
  }
  EXPECT_THAT(names, ::testing::IsSupersetOf({"squeezenet1_0", "squeezenet1_1"}));
}

// The cards that come with the weights and the bundled ones describe the same networks.
TEST(BundledModels, AgreeWithTheCardsBesideTheWeights) {
  const char* path = std::getenv("FOOL_MODEL_PATH");
  if (path == nullptr) GTEST_SKIP() << "FOOL_MODEL_PATH is not set";
  const ScopedVariable unset("FOOL_DATA_HOME", "");
  const ModelFinder bundled({resource_folder("models")});
  const ModelFinder full = ModelFinder::from_environment();
  for (const char* name : {"squeezenet1_0", "squeezenet1_1"}) {
    const ModelSpec a = bundled.find(name);
    const ModelSpec b = full.find(name);
    if (a.card == b.card) GTEST_SKIP() << "no card of " << name << " in FOOL_MODEL_PATH";
    EXPECT_EQ(a.sha256, b.sha256);
    EXPECT_EQ(a.options, b.options);
    EXPECT_EQ(a.input.mean, b.input.mean);
    EXPECT_EQ(a.input.channels, b.input.channels);
    EXPECT_EQ(a.classes, b.classes);
    EXPECT_EQ(b.label(0), "tench");
    EXPECT_EQ(a.label(0), "0");
  }
}

}  // namespace
}  // namespace fool
