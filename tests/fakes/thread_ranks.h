// Ranks that are threads of one process, for tests of what ranks do together.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fool/eval/communicator.h"

namespace fool::fakes {

class ThreadRanks {
 public:
  // Calls body(rank) in `size` threads at once and waits for them; it must not throw.
  static void run(int size, const std::function<void(Communicator&)>& body) {
    ThreadRanks ranks(size);
    std::vector<std::thread> threads;
    for (int r = 0; r < size; ++r) {
      threads.emplace_back([&, r] {
        Rank rank(ranks, r);
        body(rank);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  explicit ThreadRanks(int size) : size_(size), texts_(index(size)), values_(index(size)) {}

  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  class Rank : public Communicator {
   public:
    Rank(ThreadRanks& ranks, int rank) : ranks_(ranks), rank_(rank) {}
    int rank() const override { return rank_; }
    int size() const override { return ranks_.size_; }

   private:
    int greatest(int mine) override {
      int result = mine;
      for (const std::string& text : gather(std::to_string(mine)))
        result = std::max(result, std::stoi(text));
      return result;
    }

    std::vector<std::string> gather(const std::string& mine) override {
      ranks_.texts_[index(rank_)] = mine;
      ranks_.meet();
      std::vector<std::string> all = ranks_.texts_;
      ranks_.meet();
      return all;
    }

    void gather_rows(Span<float> values, Span<const std::size_t> first) override {
      ranks_.values_[index(rank_)] = values.data();
      ranks_.meet();
      for (std::size_t r = 0; r + 1 < first.size(); ++r) {
        if (r == index(rank_)) continue;
        std::copy(ranks_.values_[r] + first[r], ranks_.values_[r] + first[r + 1],
                  values.data() + first[r]);
      }
      ranks_.meet();
    }

    ThreadRanks& ranks_;
    int rank_;
  };

  // Returns when all have come.
  void meet() {
    std::unique_lock<std::mutex> lock(mutex_);
    const int round = round_;
    if (++here_ == size_) {
      here_ = 0;
      ++round_;
      all_here_.notify_all();
    } else {
      all_here_.wait(lock, [&] { return round_ != round; });
    }
  }

  int size_;
  std::vector<std::string> texts_;
  std::vector<float*> values_;
  std::mutex mutex_;
  std::condition_variable all_here_;
  int here_ = 0;
  int round_ = 0;
};

}  // namespace fool::fakes
