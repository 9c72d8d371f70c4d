#include "fool/core/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <vector>

namespace fool {
namespace {

TEST(WorkerPool, RunsEveryTaskOnce) {
  for (const int workers : {1, 2, 3, 8}) {
    WorkerPool pool(workers);
    EXPECT_EQ(pool.workers(), workers);
    for (const int count : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
      pool.for_each(count, [&](int worker, int i) {
        EXPECT_GE(worker, 0);
        EXPECT_LT(worker, workers);
        ++runs[static_cast<std::size_t>(i)];
      });
      for (const auto& n : runs) EXPECT_EQ(n, 1);
    }
  }
}

TEST(WorkerPool, StartsEachOtherThreadOnce) {
  std::atomic<int> started{0};
  {
    WorkerPool pool(4, [&] { ++started; });
    pool.for_each(100, [](int, int) {});
  }
  EXPECT_EQ(started, 3);
}

TEST(WorkerPool, AnErrorComesOutAndThePoolGoesOn) {
  WorkerPool pool(3);
  for (int round = 0; round < 50; ++round) {
    EXPECT_THROW(pool.for_each(100,
                               [](int, int i) {
                                 if (i == 17) throw std::runtime_error("seventeen");
                               }),
                 std::runtime_error);
    std::atomic<int> done{0};
    pool.for_each(10, [&](int, int) { ++done; });
    EXPECT_EQ(done, 10);
  }
}

// Threads that keep looking for work and threads that sleep do the same.
TEST(WorkerPool, PatienceChangesNothingButTime) {
  for (const std::chrono::microseconds patience :
       {std::chrono::microseconds(0), std::chrono::microseconds(20),
        std::chrono::microseconds(5000)}) {
    WorkerPool pool(4, {}, patience);
    int expected = 0;
    std::atomic<int> sum{0};
    for (int round = 0; round < 300; ++round) {
      pool.for_each(round % 7, [&](int, int i) { sum += i + round; });
      for (int i = 0; i < round % 7; ++i) expected += i + round;
      ASSERT_EQ(sum, expected);
    }
    EXPECT_THROW(pool.for_each(5, [](int, int) { throw std::runtime_error("stop"); }),
                 std::runtime_error);
  }
}

}  // namespace
}  // namespace fool
