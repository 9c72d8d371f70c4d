#include "fool/core/worker_pool.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace fool {

namespace {

// Whether the condition came true within the time.
template <typename Condition>
bool look_for(std::chrono::microseconds patience, const Condition& condition) {
  if (condition()) return true;
  if (patience.count() == 0) return false;
  const auto end = std::chrono::steady_clock::now() + patience;
  do {
    for (int i = 0; i < 64; ++i) {
      if (condition()) return true;
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace

struct WorkerPool::State {
  std::chrono::microseconds patience{};
  std::mutex mutex;
  std::condition_variable begin;
  std::condition_variable end;
  std::vector<std::thread> threads;

  // One call of for_each, written before `round`, which tells the threads of it.
  const std::function<void(int, int)>* task = nullptr;
  int count = 0;
  std::atomic<int> next{0};
  std::atomic<int> busy{0};
  std::atomic<std::uint64_t> round{0};
  std::atomic<bool> stop{false};
  std::exception_ptr error;  // these two under the mutex
  int error_index = 0;

  // Takes tasks until there are none left.
  void work(int worker) {
    for (int i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
      try {
        (*task)(worker, i);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!error || i < error_index) {
          error = std::current_exception();
          error_index = i;
        }
        next = count;
      }
    }
  }

  void thread_main(int worker) {
    std::uint64_t seen = 0;
    const auto is_called = [&] { return stop || round != seen; };
    while (true) {
      if (!look_for(patience, is_called)) {
        std::unique_lock<std::mutex> lock(mutex);
        begin.wait(lock, is_called);
      }
      if (stop) return;
      seen = round;
      work(worker);
      if (--busy == 0) {
        const std::lock_guard<std::mutex> lock(mutex);
        end.notify_one();
      }
    }
  }
};

WorkerPool::WorkerPool(int workers, std::function<void()> start_thread,
                       std::chrono::microseconds patience)
    : state_(std::make_unique<State>()) {
  state_->patience = patience;
  for (int worker = 1; worker < workers; ++worker) {
    state_->threads.emplace_back([state = state_.get(), worker, start_thread] {
      if (start_thread) start_thread();
      state->thread_main(worker);
    });
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    state_->stop = true;
  }
  state_->begin.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

int WorkerPool::workers() const { return static_cast<int>(state_->threads.size()) + 1; }

void WorkerPool::for_each(int count, const std::function<void(int worker, int i)>& task) {
  State& s = *state_;
  {
    const std::lock_guard<std::mutex> lock(s.mutex);
    s.task = &task;
    s.count = count;
    s.next = 0;
    s.busy = static_cast<int>(s.threads.size());
    s.error = nullptr;
    ++s.round;
  }
  s.begin.notify_all();
  s.work(0);
  const auto is_done = [&] { return s.busy == 0; };
  if (!look_for(s.patience, is_done)) {
    std::unique_lock<std::mutex> lock(s.mutex);
    s.end.wait(lock, is_done);
  }
  if (s.error) std::rethrow_exception(s.error);
}

}  // namespace fool
