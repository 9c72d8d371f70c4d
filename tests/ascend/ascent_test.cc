#include "fool/ascend/ascent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <mutex>

#include "ascend/slope_classifier.h"
#include "fakes/expect_error.h"
#include "fool/core/error.h"

namespace fool {
namespace {

using ::testing::HasSubstr;

constexpr ImageShape kShape{6, 5, 3};
constexpr int kClasses = 4;

class Ascent : public ::testing::Test {
 protected:
  Ascent() {
    context_.mean = {120, 118, 104};
    context_.seed = 3;
  }

  // The records in the order of blocks and tasks.
  std::vector<AscentRecord> run(const Json& settings, const std::vector<AscentTask>& tasks,
                                int block = 8, int workers = 1) {
    context_.settings = {ascent_settings(settings)};
    const std::vector<AscentBlock> blocks = plan_ascent(1, tasks, block);
    std::map<int, std::vector<AscentRecord>> by_block;
    watcher_.on_block = [&](int b, std::vector<AscentRecord> records) {
      by_block[b] = std::move(records);
    };
    WorkerPool pool(workers);
    run_ascent(blocks, context_, network_, pool, watcher_);
    std::vector<AscentRecord> result;
    for (auto& [b, records] : by_block) {
      for (AscentRecord& record : records) result.push_back(std::move(record));
    }
    return result;
  }

  float probability(const ImageBatch& image, int class_index) {
    std::vector<float> row(kClasses);
    network_.classify(image, row);
    return row[static_cast<std::size_t>(class_index)];
  }

  SlopeClassifier network_{kShape, kClasses, 4};
  AscentContext context_;
  AscentWatcher watcher_;
};

TEST_F(Ascent, ReachesCertaintyWithEveryMethodAndObjective) {
  for (const char* method : {"pixels", "fourier"}) {
    for (const char* objective : {"probability", "log_probability", "logit"}) {
      const auto records = run({{"method", method}, {"objective", objective}, {"iterations", 200}},
                               {{0, 0}, {1, 0}, {2, 0}, {3, 0}});
      ASSERT_EQ(records.size(), 4U);
      for (const AscentRecord& record : records) {
        EXPECT_GT(record.confidence, 0.9999F) << method << " " << objective;
        EXPECT_TRUE(record.complete);
        int last = -1;
        for (const AscentMoment& moment : record.milestones) {
          EXPECT_TRUE(moment.reached());
          EXPECT_GE(moment.iteration, last);
          last = moment.iteration;
        }
      }
    }
  }
}

// Acceptance check: the gain that the gradient predicts is the actual one where steps are small,
// but for what rounding to 8 bits takes away.
TEST_F(Ascent, TheGainOfSmallStepsIsThePredictedOne) {
  SlopeClassifier gentle({40, 40, 3}, kClasses, 0.005);
  context_.settings = {
      ascent_settings({{"iterations", 2}, {"early_progress", 0.02}, {"start", "zero"}})};
  std::vector<double> p;
  gentle.distort = [&](const ImageBatch&, Span<float> row) {
    p.push_back(static_cast<double>(row[1]));
  };
  WorkerPool pool(1);
  run_ascent(plan_ascent(1, {{1, 0}}, 1), context_, gentle, pool, {});
  ASSERT_GE(p.size(), 2U);
  EXPECT_NEAR(p[1] - p[0], 0.02, 0.004);
}

TEST_F(Ascent, WhatIsKeptHasItsConfidence) {
  for (const AscentRecord& record : run({{"iterations", 30}}, {{0, 0}, {1, 0}, {1, 1}})) {
    EXPECT_EQ(record.best.count(), 1);
    EXPECT_EQ(probability(record.best, record.task.class_index), record.confidence);
  }
}

// The released code kept the last image instead.
TEST_F(Ascent, BestIsTheBest) {
  // A network that is surest of class 0 when the first pixel is 200 and whose gradient always says
  // "more".
  network_.spoil = [](const ImageBatch& images, Span<float> gradient) {
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    for (std::size_t b = 0; b < static_cast<std::size_t>(images.count()); ++b) {
      gradient[b * kShape.size()] = 0.01F;
    }
  };
  network_.distort = [](const ImageBatch& images, Span<float> probabilities) {
    for (int b = 0; b < images.count(); ++b) {
      const float p = 0.9F - std::abs(static_cast<float>(images[b].data[0]) - 200.0F) / 300.0F;
      for (int k = 0; k < kClasses; ++k) {
        probabilities[static_cast<std::size_t>(b * kClasses + k)] = k == 0 ? p : (1 - p) / 3;
      }
    }
  };
  const auto records =
      run({{"iterations", 200}, {"start", "zero"}, {"early_progress", 0.01}}, {{0, 0}});
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].best.bytes()[0], 200);
  EXPECT_EQ(records[0].confidence, 0.9F);
  EXPECT_GT(records[0].best_at.iteration, 60);
  EXPECT_LT(records[0].best_at.iteration, 100);
  EXPECT_EQ(records[0].iterations, 200);
  EXPECT_NEAR(records[0].best_at.distance, 80, 1e-9);
  EXPECT_NEAR(records[0].best_at.norm, 80, 1e-9);
}

TEST_F(Ascent, MilestonesAreFirstIterationsAboveAThreshold) {
  int calls = 0;
  const std::vector<float> course{0.1F, 0.4F, 0.9F, 0.91F, 0.5F, 0.995F, 0.9999F, 0.99995F, 0.2F};
  network_.distort = [&](const ImageBatch& images, Span<float> row) {
    const float p = course[std::min<std::size_t>(static_cast<std::size_t>(calls++), 8)];
    row[0] = p;
    for (std::size_t k = 1; k < kClasses; ++k) row[k] = (1 - p) / 3;
  };
  const auto records = run({{"iterations", 9}}, {{0, 0}});
  ASSERT_EQ(records.size(), 1U);
  std::vector<int> iterations;
  for (const AscentMoment& moment : records[0].milestones) iterations.push_back(moment.iteration);
  // First choice at .4 of four classes; exactly .9 and .9999 are not above them.
  EXPECT_EQ(iterations, (std::vector<int>{1, 3, 5, 6, 7}));
  EXPECT_EQ(records[0].best_at.iteration, 7);
  EXPECT_EQ(records[0].iterations, 9);
}

TEST_F(Ascent, TheNumberOfWorkersChangesNothing) {
  std::vector<AscentTask> tasks;
  for (int k = 0; k < kClasses; ++k) {
    for (int start = 0; start < 3; ++start) tasks.push_back({k, start});
  }
  for (const char* method : {"pixels", "fourier"}) {
    const Json settings{{"method", method}, {"iterations", 25}, {"jitter", 1}, {"decay", 0.01}};
    const auto one = run(settings, tasks, 5, 1);
    const auto three = run(settings, tasks, 5, 3);
    ASSERT_EQ(one.size(), tasks.size());
    ASSERT_EQ(three.size(), tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      EXPECT_EQ(one[i].task.class_index, tasks[i].class_index);
      EXPECT_EQ(one[i].task.start, tasks[i].start);
      EXPECT_EQ(one[i].confidence, three[i].confidence);
      EXPECT_TRUE(std::equal(one[i].best.bytes().begin(), one[i].best.bytes().end(),
                             three[i].best.bytes().begin()));
    }
  }
}

TEST_F(Ascent, BlocksHoldConsecutiveTasksOfOneSetting) {
  std::vector<AscentTask> tasks;
  for (int k = 0; k < 5; ++k) tasks.push_back({k, 0});
  const std::vector<AscentBlock> blocks = plan_ascent(2, tasks, 2);
  ASSERT_EQ(blocks.size(), 6U);
  EXPECT_EQ(blocks[2].setting, 0);
  ASSERT_EQ(blocks[2].tasks.size(), 1U);
  EXPECT_EQ(blocks[2].tasks[0].class_index, 4);
  EXPECT_EQ(blocks[3].setting, 1);
  EXPECT_EQ(blocks[4].tasks[1].class_index, 3);
}

TEST_F(Ascent, StopsWhereItIsToldTo) {
  const int before = network_.images();
  const auto records = run({{"iterations", 500}, {"stop_at", 0.9}}, {{0, 0}, {1, 0}});
  ASSERT_EQ(records.size(), 2U);
  for (const AscentRecord& record : records) {
    EXPECT_GE(record.confidence, 0.9F);
    EXPECT_LT(record.iterations, 500);
    EXPECT_EQ(record.best_at.iteration, record.iterations - 1);
    EXPECT_TRUE(record.complete);
  }
  EXPECT_EQ(network_.images() - before, records[0].iterations + records[1].iterations + 2);
}

TEST_F(Ascent, CountsEveryImageOnce) {
  std::mutex mutex;
  int counted = 0;
  watcher_.on_images = [&](int images) {
    const std::lock_guard<std::mutex> lock(mutex);
    counted += images;
  };
  for (const double stop_at : {0.0, 0.9}) {
    counted = 0;
    run({{"iterations", 60}, {"stop_at", stop_at}}, {{0, 0}, {1, 0}, {2, 0}}, 2, 2);
    EXPECT_EQ(counted, 3 * 60);
  }
}

TEST_F(Ascent, InterruptedItKeepsWhatItHas) {
  int asked = 0;
  watcher_.stop = [&] { return ++asked > 6; };
  const auto records = run({{"iterations", 50}}, {{0, 0}, {1, 0}, {2, 0}}, 2);
  ASSERT_EQ(records.size(), 2U);  // the second block has not begun
  for (const AscentRecord& record : records) {
    EXPECT_FALSE(record.complete);
    EXPECT_EQ(record.iterations, 5);
    EXPECT_EQ(probability(record.best, record.task.class_index), record.confidence);
  }
}

TEST_F(Ascent, InterruptedBeforeItBeginsItHasNothing) {
  watcher_.stop = [] { return true; };
  EXPECT_TRUE(run({{"iterations", 50}}, {{0, 0}}).empty());
}

TEST_F(Ascent, AVanishedGradientIsReportedAndEndsTheAscent) {
  network_.spoil = [](const ImageBatch&, Span<float> gradient) {
    std::fill(gradient.begin(), gradient.end(), 0.0F);
  };
  const auto dead = run({{"iterations", 50}}, {{0, 0}});
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].trouble, GradientTrouble::kDead);
  EXPECT_EQ(dead[0].trouble_at, 0);
  EXPECT_EQ(dead[0].iterations, 1);
  EXPECT_TRUE(dead[0].complete);
  // Where something else still moves the image, the gradient may come back.
  const auto decaying = run({{"iterations", 50}, {"decay", 0.1}}, {{0, 0}});
  EXPECT_EQ(decaying[0].trouble, GradientTrouble::kDead);
  EXPECT_EQ(decaying[0].iterations, 50);
}

TEST_F(Ascent, ReluThatComesBackIsNoEnd) {
  int calls = 0;
  network_.spoil = [&](const ImageBatch&, Span<float> gradient) {
    if (calls++ < 3) std::fill(gradient.begin(), gradient.end(), 0.0F);
  };
  const auto records = run({{"iterations", 300}, {"decay", 1e-4}}, {{0, 0}});
  EXPECT_EQ(records[0].trouble, GradientTrouble::kDead);
  EXPECT_GT(records[0].confidence, 0.99F);
}

TEST_F(Ascent, TellsCertaintyFromHopelessness) {
  SlopeClassifier steep(kShape, kClasses, 1000);
  network_ = steep;
  const auto records = run({{"iterations", 20}}, {{0, 0}, {1, 0}, {2, 0}, {3, 0}});
  int certain = 0;
  int hopeless = 0;
  for (const AscentRecord& record : records) {
    if (record.trouble == GradientTrouble::kCertain) {
      ++certain;
      EXPECT_EQ(record.confidence, 1.0F);
    }
    if (record.trouble == GradientTrouble::kHopeless) {
      ++hopeless;
      EXPECT_LT(record.confidence, 1e-30F);
    }
  }
  EXPECT_EQ(certain, 1);
  EXPECT_EQ(hopeless, 3);
  // And what the message advises helps.
  for (const AscentRecord& record :
       run({{"iterations", 200}, {"objective", "logit"}}, {{0, 0}, {1, 0}, {2, 0}, {3, 0}})) {
    EXPECT_GT(record.confidence, 0.9999F);
  }
}

TEST_F(Ascent, StepsThatAreTooSmallAreReported) {
  const auto records = run({{"iterations", 20}, {"max_step", 1e-3}}, {{0, 0}});
  EXPECT_EQ(records[0].trouble, GradientTrouble::kTooSmall);
  EXPECT_EQ(records[0].trouble_at, 0);
}

TEST_F(Ascent, TroubleHasWords) {
  EXPECT_EQ(explain(GradientTrouble::kNone), "");
  for (const GradientTrouble trouble : {GradientTrouble::kCertain, GradientTrouble::kHopeless,
                                        GradientTrouble::kDead, GradientTrouble::kTooSmall}) {
    EXPECT_THAT(explain(trouble), HasSubstr("the gradient is"));
    EXPECT_STRNE(name_of(trouble), "");
  }
  EXPECT_THAT(explain(GradientTrouble::kHopeless), HasSubstr("--objective log_probability"));
  EXPECT_THAT(explain(GradientTrouble::kDead), HasSubstr("--start"));
}

TEST_F(Ascent, ANetworkWithoutGradientsIsRefused) {
  network_.mutable_info().differentiable = false;
  EXPECT_THAT(error_message(ErrorKind::kUsage,
                            [&] {
                              run({{"iterations", 2}}, {{0, 0}});
                            }),
              HasSubstr("slope: what runs this network gives no gradients"));
}

// The network sees something else than what is kept, which is looked at now and then.
TEST_F(Ascent, WhereTheNetworkSeesViewsTheImageItselfIsScored) {
  const auto records =
      run({{"method", "fourier"}, {"iterations", 41}, {"jitter", 2}, {"check_every", 8}}, {{1, 0}});
  ASSERT_EQ(records.size(), 1U);
  const int at = records[0].best_at.iteration;
  EXPECT_TRUE(at % 8 == 0 || at == 40) << at;
  EXPECT_EQ(probability(records[0].best, 1), records[0].confidence);
}

TEST_F(Ascent, AnotherStartIsAnotherImage) {
  const auto records = run({{"iterations", 1}}, {{0, 0}, {0, 1}, {1, 0}});
  const auto bytes = [&](std::size_t i) {
    return std::vector<std::uint8_t>(records[i].best.bytes().begin(),
                                     records[i].best.bytes().end());
  };
  EXPECT_NE(bytes(0), bytes(1));
  EXPECT_EQ(bytes(0), bytes(2));  // whatever the class
  EXPECT_EQ(records[0].best_at.distance, 0);
}

}  // namespace
}  // namespace fool
