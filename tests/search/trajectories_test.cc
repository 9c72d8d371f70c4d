#include "search/trajectories.h"

#include <gtest/gtest.h>

#include "fakes/smooth.h"

namespace fool {
namespace {

class Trajectories : public ::testing::Test {
 protected:
  Trajectories() {
    settings_.adam.learning_rate = 10;
    settings_.steps = 3;
    settings_.patience = 2;
    settings_.target = 0.9F;
    trajectory_.cell = 1;
    trajectory_.genome = std::make_shared<fakes::NumberGenome>(100);
    trajectory_.parents = {7};
  }

  void follow(float confidence, float gradient) {
    const ItemPtr item = next_item(trajectory_, next_id_++, 4);
    follow_gradient(settings_, encoding_, *item, confidence, {&gradient, 1}, trajectory_);
  }

  std::uint64_t value() const { return fakes::CountingEncoding::value(*trajectory_.genome); }

  fakes::SmoothEncoding encoding_;
  StepSettings settings_;
  Trajectory trajectory_;
  ItemId next_id_ = 20;
};

TEST_F(Trajectories, AnItemWantsTheGradientOfItsClass) {
  const ItemPtr item = next_item(trajectory_, 20, 4);
  EXPECT_EQ(item->id, 20U);
  EXPECT_EQ(item->generation, 4);
  EXPECT_EQ(item->gradient_class, 1);
  EXPECT_EQ(item->parents, std::vector<ItemId>{7});
  EXPECT_EQ(item->genome, trajectory_.genome);
}

TEST_F(Trajectories, AStepGoesUphill) {
  follow(0.1F, 0.5F);
  EXPECT_EQ(trajectory_.cell, 1);
  EXPECT_EQ(value(), 110U);
  EXPECT_EQ(trajectory_.parents, std::vector<ItemId>{20});
  follow(0.2F, -0.5F);
  EXPECT_LE(value(), 110U);
}

TEST_F(Trajectories, AStepThatOvershootsIsUndoneAndAShorterOneMade) {
  settings_.patience = 4;
  settings_.backtrack = true;
  follow(0.5F, 0.5F);
  ASSERT_EQ(value(), 112U);  // a fifth more than the rate, since all is gain at first
  follow(0.41F, 0.5F);       // most of it is left
  EXPECT_GT(value(), 112U);
  follow(0.1F, -0.5F);
  EXPECT_EQ(value(), 103U);  // .3 of 12, from the best one, along the gradient that was found there
  EXPECT_EQ(trajectory_.parents, std::vector<ItemId>{20});
}

TEST_F(Trajectories, EndAtTheirTarget) {
  follow(0.91F, 0.5F);
  EXPECT_EQ(trajectory_.cell, -1);
}

TEST_F(Trajectories, EndAfterTheirSteps) {
  for (int i = 0; i < 3; ++i) {
    follow(0.1F * static_cast<float>(i + 1), 0.5F);
    EXPECT_EQ(trajectory_.cell, 1);
  }
  follow(0.5F, 0.5F);
  EXPECT_EQ(trajectory_.cell, -1);
}

TEST_F(Trajectories, EndWhereNothingIsGained) {
  follow(0.5F, 0.5F);
  follow(0.5F, 0.5F);
  EXPECT_EQ(trajectory_.cell, 1);
  follow(0.501F, 0.5F);
  EXPECT_EQ(trajectory_.cell, -1);
}

TEST_F(Trajectories, EndWithoutAGradient) {
  follow(0.5F, 0.0F);
  EXPECT_EQ(trajectory_.cell, -1);
}

TEST_F(Trajectories, AreSavedWhole) {
  for (const bool backtrack : {false, true}) {
    settings_.backtrack = backtrack;
    follow(0.1F, 0.5F);
    const std::vector<Trajectory> all = {trajectory_, {}};
    const Json saved = save_trajectories(all, encoding_);
    const std::vector<Trajectory> loaded = load_trajectories(Json::parse(saved.dump()), encoding_);
    ASSERT_EQ(loaded.size(), 2U);
    EXPECT_EQ(loaded[1].cell, -1);
    EXPECT_EQ(loaded[0].best.confidence, 0.1F);
    EXPECT_EQ(loaded[0].best.genome != nullptr, backtrack);
    EXPECT_EQ(save_trajectories(loaded, encoding_), saved);
  }
}

}  // namespace
}  // namespace fool
