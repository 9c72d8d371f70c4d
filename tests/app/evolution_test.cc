#include "app/evolution.h"

#include <gtest/gtest.h>

#include <atomic>

#include "app/fake_card.h"
#include "app/run_config.h"
#include "fakes/scratch_folder.h"
#include "fool/core/error.h"

namespace fool {
namespace {

// Notes what it is told.
struct Listener : Reporter {
  explicit Listener(std::vector<std::string>& log) : log_(log) {}
  void begin(const RunInfo& info) override {
    log_.push_back("begin " + std::to_string(info.first_generation));
  }
  void on_generation(const RunInfo&, const GenerationReport& report) override {
    log_.push_back(std::to_string(report.generation) + ": " + std::to_string(report.evaluations));
  }
  void save(const RunInfo&, const RunSummary& summary) override {
    log_.push_back("save " + std::to_string(summary.generation));
  }
  void end(const RunInfo&, const RunSummary& summary) override {
    log_.push_back(summary.interrupted ? "interrupted" : "end");
  }
  std::vector<std::string>& log_;
};

class Evolution : public ::testing::Test {
 protected:
  Evolution()
      : experiment_(
            assemble(resolve_run_config({{},
                                         {{"model", write_fake_card(scratch_.path(), fake_card())},
                                          {"search", {{"init_size", 10}, {"batch_size", 20}}},
                                          {"evaluate", {{"block", 5}}}},
                                         [](const char*) { return nullptr; }}))),
        state_{Archive(experiment_.classifier->info().classes)} {
    reporters_.push_back(std::make_unique<Listener>(log_));
  }

  RunSummary run(
      int last, const std::function<bool()>& interrupted = [] { return false; },
      const Budget& budget = {}) {
    const RunInfo info{
        scratch_.path(), experiment_.config,  experiment_.fingerprint, {},   *experiment_.encoding,
        state_.archive,  *experiment_.search, state_.generation + 1,   last, budget};
    return evolve(experiment_, state_, info, reporters_, interrupted);
  }

  ScratchFolder scratch_;
  Experiment experiment_;
  EvolutionState state_;
  std::vector<std::string> log_;
  std::vector<std::unique_ptr<Reporter>> reporters_;
};

TEST_F(Evolution, TellsReportersInOrder) {
  const RunSummary summary = run(1);
  EXPECT_EQ(log_, (std::vector<std::string>{"begin -1", "-1: 10", "0: 30", "1: 50", "end"}));
  EXPECT_EQ(summary.evaluations, 50U);
  EXPECT_EQ(summary.generation, 1);
  EXPECT_EQ(summary.stats.filled, 12);
}

TEST_F(Evolution, EndsWithTheGenerationThatUsesUpItsBudget) {
  const auto never = [] { return false; };
  EXPECT_EQ(run(9, never, {31, 0, 0}).evaluations, 50U);
  EXPECT_EQ(run(9, never, {50, 0, 0}).evaluations, 50U);  // it was used up already
  EXPECT_EQ(run(9, never, {0, 1e-9, 0}).evaluations, 50U);
  EXPECT_EQ(run(9, never, {0, 0, 1e-9}).evaluations, 50U);
  EXPECT_EQ(run(3, never, {0, 1e9, 1}).evaluations, 90U);
}

TEST_F(Evolution, GoesOnFromItsState) {
  run(0);
  run(2);
  EXPECT_EQ(log_, (std::vector<std::string>{"begin -1", "-1: 10", "0: 30", "end", "begin 1",
                                            "1: 50", "2: 70", "end"}));
}

TEST_F(Evolution, AnInterruptedGenerationIsDroppedAndDoneAgainLater) {
  std::atomic<int> asked{0};                                       // by several workers
  const RunSummary summary = run(3, [&] { return ++asked > 5; });  // within generation 0
  EXPECT_TRUE(summary.interrupted);
  EXPECT_EQ(summary.generation, kInitialGeneration);
  EXPECT_EQ(summary.evaluations, 10U);
  const std::string resumed = run(3).digest;

  EvolutionState fresh{Archive(experiment_.classifier->info().classes)};
  state_ = std::move(fresh);
  EXPECT_EQ(run(3).digest, resumed);
}

TEST_F(Evolution, WhatMayBeKilledOrFailsIsSavedFirst) {
  std::atomic<int> asked{0};  // by several workers
  run(3, [&] { return ++asked > 5; });
  EXPECT_EQ(log_, (std::vector<std::string>{"begin -1", "-1: 10", "save -1", "interrupted"}));
  log_.clear();
  asked = 0;
  EXPECT_THROW(run(3,
                   [&]() -> bool {
                     if (++asked > 5) fail(ErrorKind::kDevice, "the card is gone");
                     return false;
                   }),
               Error);
  EXPECT_EQ(log_, (std::vector<std::string>{"begin 0", "0: 30", "save 0"}));
}

TEST_F(Evolution, TimesAreCounted) {
  const RunSummary summary = run(3);
  EXPECT_GT(summary.seconds, 0.0);
  EXPECT_GT(summary.times[Stage::kRender], 0.0);
  EXPECT_GT(summary.times[Stage::kVary], 0.0);
}

}  // namespace
}  // namespace fool
