#include "app/retrain_settings.h"

#include <gmock/gmock.h>

#include <set>

#include "app/run_config.h"
#include "fakes/expect_error.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using testing::HasSubstr;

RetrainSettings settings(const Json& given = Json::object()) {
  return to_retrain_settings(retrain_parameters().resolve(given, "retrain"));
}

TEST(RetrainSettings, DefaultsAreThePapers) {
  const RetrainSettings paper = settings();
  EXPECT_EQ(paper.rounds, 15);
  EXPECT_EQ(images_of(paper, 1), 6000);
  EXPECT_EQ(images_of(paper, 2), 1000);
  EXPECT_EQ(runs_of(paper, 1, 20), 300);
  EXPECT_EQ(runs_of(paper, 2, 20), 50);
}

TEST(RetrainSettings, RunsAreAsManyAsMediansOrImagesNeed) {
  const RetrainSettings few = settings({{"runs", 5}, {"first_images", 21}, {"images", 101}});
  EXPECT_EQ(runs_of(few, 1, 20), 5);
  EXPECT_EQ(runs_of(few, 2, 20), 6);
}

TEST(RetrainSettings, SeedsDifferByRoundRunAndPurpose) {
  std::set<std::uint64_t> seeds;
  for (int round = 1; round <= 4; ++round) {
    for (int run = 0; run < 5; ++run) seeds.insert(evolution_seed(1, round, run));
    const Json train = learning_parameters().resolve(Json::object(), "train");
    seeds.insert(learning_options(train, 1, round, 1).seed);
  }
  EXPECT_EQ(seeds.size(), 24U);
  EXPECT_EQ(evolution_seed(1, 2, 3), evolution_seed(1, 2, 3));
  EXPECT_NE(evolution_seed(2, 2, 3), evolution_seed(1, 2, 3));
  EXPECT_LT(*seeds.rbegin(), std::uint64_t{1} << 53);  // a number of JSON
}

// All seeds follow from one.
TEST(RetrainSettings, TrainingHasNoSeedOfItsOwn) {
  EXPECT_NE(learning_parameters().find("epochs"), nullptr);
  EXPECT_EQ(learning_parameters().find("seed"), nullptr);
  const Json train = learning_parameters().resolve({{"epochs", 3}}, "train");
  EXPECT_EQ(learning_options(train, 1, 1, 2).epochs, 3);
  EXPECT_EQ(learning_options(train, 1, 1, 2).workers, 2);
}

TEST(RetrainSettings, EveryScaleIsAConfiguration) {
  for (const std::string& scale : retrain_scales()) {
    const Json config = resolve_run_config({{retrain_scale_file(scale)},
                                            Json::object(),
                                            [](const char*) -> const char* { return nullptr; }});
    EXPECT_EQ(config.at("dataset"), "mnist") << scale;
    EXPECT_GE(config.at("retrain").at("rounds"), 2) << scale;
  }
  EXPECT_THAT(error_message(ErrorKind::kUsage, [] { retrain_scale_file("smok"); }),
              HasSubstr("there is no scale \"smok\", did you mean \"smoke\"?; known: smoke, hour"));
}

}  // namespace
}  // namespace fool
