#include "app/run_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "fakes/scratch_folder.h"
#include "fool/core/config.h"
#include "fool/core/error.h"
#include "fool/core/files.h"
#include "fool/model/model_spec.h"

namespace fool {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

Json resolve(const Json& flags, const std::map<std::string, std::string>& environment = {}) {
  return resolve_run_config({{}, flags, [&](const char* name) -> const char* {
                               const auto it = environment.find(name);
                               return it == environment.end() ? nullptr : it->second.c_str();
                             }});
}

std::string error_of(const Json& flags,
                     const std::map<std::string, std::string>& environment = {}) {
  try {
    resolve(flags, environment);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConfig);
    return error.what();
  }
  return "no error";
}

TEST(RunConfig, MnistIsTheDefault) {
  const Json config = resolve(Json::object());
  EXPECT_EQ(config["dataset"], "mnist");
  EXPECT_EQ(config["model"], "lenet-mnist");
  EXPECT_EQ(config["generations"], 200);
  EXPECT_EQ(config["encoding"]["type"], "cppn");
  EXPECT_EQ(config["search"]["type"], "map-elites");
  EXPECT_EQ(config["search"]["batch_size"], 200);
}

TEST(RunConfig, TheDatasetBringsItsDefaults) {
  EXPECT_THAT(dataset_profiles(), ::testing::IsSupersetOf({"imagenet", "mnist"}));
  for (const Json& config : {resolve({{"dataset", "imagenet"}}),
                             resolve(Json::object(), {{"FOOL_DATASET", "imagenet"}})}) {
    EXPECT_EQ(config["generations"], 5000);
    EXPECT_EQ(config["search"]["batch_size"], 400);
  }
}

TEST(RunConfig, ResolvingAResolvedConfigurationChangesNothing) {
  const Json config = resolve({{"encoding", "direct"}, {"search", "random"}});
  EXPECT_EQ(resolve_saved_config(config, Json::object()).dump(), config.dump());
}

TEST(RunConfig, FlagsLieOverTheEnvironment) {
  EXPECT_EQ(resolve(Json::object(), {{"FOOL_GENERATIONS", "9"}})["generations"], 9);
  EXPECT_EQ(resolve({{"generations", 8}}, {{"FOOL_GENERATIONS", "9"}})["generations"], 8);
  EXPECT_EQ(resolve(Json::object(), {{"FOOL_ENCODING_MUTATION_RATE", "0.5"},
                                     {"FOOL_ENCODING", "direct"}})["encoding"]["mutation_rate"],
            0.5);
}

// A layer that names no type is about whatever is chosen, even if a higher layer chooses it.
TEST(RunConfig, SettingsWithoutATypeBelongToTheOneThatIsChosen) {
  const Json direct = {{"encoding", "direct"}};
  EXPECT_EQ(resolve(direct, {{"FOOL_ENCODING_MUTATION_RATE", "0.5"}})["encoding"]["mutation_rate"],
            0.5);
  EXPECT_EQ(
      resolve({{"search", "random"}}, {{"FOOL_SEARCH_BATCH_SIZE", "33"}})["search"]["batch_size"],
      33);
  const ScratchFolder folder;
  const std::string file = (folder / "c.json").string();
  const auto with_file = [&](const std::string& text, const Json& flags) {
    write_file(file, text);
    return resolve_run_config({{file}, flags, [](const char*) { return nullptr; }});
  };
  EXPECT_EQ(
      with_file(R"({"encoding": {"mutation_rate": 0.7}})", direct)["encoding"]["mutation_rate"],
      0.7);
  // About another encoding: says nothing of this one.
  EXPECT_EQ(with_file(R"({"encoding": {"type": "cppn", "weight_mutation_rate": 0.7}})",
                      direct)["encoding"]["type"],
            "direct");
}

TEST(RunConfig, MistakesInLayersBelowAreFound) {
  EXPECT_THAT(error_of({{"encoding", "direct"}}, {{"FOOL_ENCODING_MUTATION_RATE", "7"}}),
              HasSubstr("encoding.mutation_rate"));
  EXPECT_THAT(error_of({{"encoding", {{"mutation_rate", 0.2}}}}),
              HasSubstr("encoding.mutation_rate is a setting of direct, but the encoding is cppn"));
}

TEST(RunConfig, AnotherSearchDropsTheSettingsOfTheProfiles) {
  const Json config = resolve({{"search", {{"type", "random"}}}});
  EXPECT_FALSE(config["search"].contains("init_size"));
}

TEST(RunConfig, MistakesAreNamedWithTheirPlace) {
  EXPECT_THAT(error_of({{"generatons", 3}}), HasSubstr("did you mean \"generations\"?"));
  EXPECT_THAT(error_of({{"image", 3}}), HasSubstr("image: expected a section"));
  EXPECT_THAT(error_of({{"image", {{"sice", 3}}}}),
              HasSubstr("\"image.sice\", did you mean \"size\"?"));
  EXPECT_THAT(error_of({{"dataset", "cifra"}}), HasSubstr("no profile \"cifra\""));
  EXPECT_THAT(error_of({{"dataset", 3}}), HasSubstr("dataset: expected a string"));
  EXPECT_THAT(error_of({{"report", {{"metricz", Json::object()}}}}),
              HasSubstr("did you mean \"metrics\"?"));
}

TEST(RunConfig, AnAscentIsThereWhereItIsAskedFor) {
  EXPECT_FALSE(resolve(Json::object()).contains("ascend"));
  const Json ascend =
      resolve({{"ascend", {{"decay", 0.5}}}}, {{"FOOL_ASCEND_BLUR", "2"}})["ascend"];
  EXPECT_EQ(ascend["decay"], 0.5);
  EXPECT_EQ(ascend["blur"], 2);
  EXPECT_EQ(ascend["method"], "pixels");
  EXPECT_THAT(error_of({{"ascend", {{"decya", 1}}}}), HasSubstr("did you mean \"decay\"?"));
}

TEST(RunConfig, SoAreRoundsOfRetraining) {
  EXPECT_FALSE(resolve(Json::object()).contains("retrain"));
  const Json config = resolve({{"retrain", {{"rounds", 3}}}}, {{"FOOL_TRAIN_EPOCHS", "4"}});
  EXPECT_EQ(config["retrain"]["rounds"], 3);
  EXPECT_EQ(config["retrain"]["runs"], 30);
  EXPECT_EQ(config["train"]["epochs"], 4);
  EXPECT_THAT(error_of({{"retrain", {{"round", 3}}}}), HasSubstr("did you mean \"rounds\"?"));
}

TEST(RunConfig, AFileHoldsAnObject) {
  const ScratchFolder folder;
  write_file(folder / "c.json", "[1]");
  try {
    resolve_run_config({{(folder / "c.json").string()},
                        Json::object(),
                        [](const char*) -> const char* { return nullptr; }});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConfig);
    EXPECT_THAT(error.what(), HasSubstr("c.json: expected an object of settings {...}, found [1]"));
  }
}

// Every configuration that the project ships is valid.
TEST(RunConfig, TheShippedExperimentsResolve) {
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(resource_folder("configs"))) {
    if (entry.path().extension() != ".json") continue;
    EXPECT_NO_THROW(resolve_run_config(
        {{entry.path().string()}, Json::object(), [](const char*) { return nullptr; }}))
        << entry.path();
    ++found;
  }
  EXPECT_GE(found, 8);
}

}  // namespace
}  // namespace fool
