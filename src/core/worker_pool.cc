#include "fool/core/worker_pool.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace fool {

struct WorkerPool::State {
  std::mutex mutex;
  std::condition_variable begin;
  std::condition_variable end;
  std::vector<std::thread> threads;

  // One call of for_each, under the mutex but for `next`.
  const std::function<void(int, int)>* task = nullptr;
  int count = 0;
  std::atomic<int> next{0};
  int busy = 0;
  std::uint64_t round = 0;
  bool stop = false;
  std::exception_ptr error;
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
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      begin.wait(lock, [&] { return stop || round != seen; });
      if (stop) return;
      seen = round;
      lock.unlock();
      work(worker);
      lock.lock();
      if (--busy == 0) end.notify_one();
    }
  }
};

WorkerPool::WorkerPool(int workers, std::function<void()> start_thread)
    : state_(std::make_unique<State>()) {
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
  std::unique_lock<std::mutex> lock(s.mutex);
  s.end.wait(lock, [&] { return s.busy == 0; });
  if (s.error) std::rethrow_exception(s.error);
}

}  // namespace fool
