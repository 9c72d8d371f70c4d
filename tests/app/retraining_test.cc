#include "app/retraining.h"

#include <gmock/gmock.h>

#include <atomic>

#include "app/run_config.h"
#include "fakes/fake_model.h"
#include "fool/classify/leading_classes.h"
#include "fool/core/failure.h"

namespace fool {
namespace {

constexpr ImageShape kShape = {12, 12, 1};

Json config_of(int generations) {
  return resolve_run_config({{},
                             {{"generations", generations},
                              {"search", {{"init_size", 10}, {"batch_size", 20}}},
                              {"evaluate", {{"block", 5}}}},
                             [](const char*) -> const char* { return nullptr; }});
}

EvolvedImages evolve_some(const Classifier& network, int generations, int run = 3) {
  return evolve_images(config_of(generations), network, run, [] { return false; });
}

// Every class but the excluded one has a champion of the first generation and one of the last.
TEST(EvolveImages, GivesTwoImagesForEveryClassThatIsAimedAt) {
  const auto network = make_leading_classes(open_classifier(fakes::fake_model(5, kShape)), 4);
  const EvolvedImages evolved = evolve_some(*network, 6);
  ASSERT_EQ(evolved.fooling.size(), 8);
  ASSERT_EQ(evolved.records.size(), 4U);
  for (int i = 0; i < 8; ++i) {
    const FoolingOrigin& origin = evolved.fooling.origins.at(static_cast<std::size_t>(i));
    EXPECT_EQ(origin.run, 3);
    EXPECT_EQ(origin.class_index, i % 4);
    EXPECT_EQ(origin.last, i >= 4);
  }
  for (std::size_t k = 0; k < 4; ++k) {
    const std::vector<FoolingOrigin>& origins = evolved.fooling.origins;
    EXPECT_GE(origins[k + 4].confidence, origins[k].confidence);
    EXPECT_EQ(evolved.records[k].confidence, origins[k + 4].confidence);
    EXPECT_EQ(evolved.records[k].class_index, static_cast<int>(k));
  }
}

// What is saved is what was scored, by the network with all of its classes.
TEST(EvolveImages, ImagesScoreAsTheyDidInTheRun) {
  const auto network = open_classifier(fakes::fake_model(5, kShape));
  const auto aimed_at = make_leading_classes(network->clone(), 4);
  const EvolvedImages evolved = evolve_some(*aimed_at, 4);
  std::vector<float> confidences(8 * 5);
  network->classify(evolved.fooling.images, confidences);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_NEAR(confidences[i * 5 + i % 4], evolved.fooling.origins[i].confidence, 1e-6);
  }
}

// The first images are those of generation 0: a run that ends there has no others.
TEST(EvolveImages, TheFirstImagesAreOfTheFirstBatchOfChildren) {
  const auto network = open_classifier(fakes::fake_model(5, kShape));
  const FoolingImages shortest = evolve_some(*network, 0).fooling;
  const FoolingImages longer = evolve_some(*network, 5).fooling;
  for (std::size_t k = 0; k < 5; ++k) {
    EXPECT_EQ(shortest.origins[k].confidence, shortest.origins[k + 5].confidence);
    EXPECT_EQ(longer.origins[k].confidence, shortest.origins[k].confidence);
  }
}

TEST(EvolveImages, StopsWhereItIsAsked) {
  const auto network = open_classifier(fakes::fake_model(5, kShape));
  int asked = 0;
  EXPECT_THROW(evolve_images(config_of(50), *network, 0, [&] { return ++asked > 7; }), Interrupted);
  EXPECT_EQ(asked, 8);
}

}  // namespace
}  // namespace fool
