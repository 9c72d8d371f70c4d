// A fixed set of threads that share out numbered tasks. Which thread runs a task is left to chance;
// results belong in places addressed by the task's number.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace fool {

class WorkerPool {
 public:
  // `start_thread` runs once at the start of each worker's thread (to pin library threads, say).
  // The calling thread is worker 0, so a pool of one starts no thread. workers >= 1.
  // Who has nothing to do keeps looking for `patience` before it goes to sleep: where rounds are
  // short and cores idle, as beside a device, waking threads would take longer than their tasks.
  explicit WorkerPool(int workers, std::function<void()> start_thread = {},
                      std::chrono::microseconds patience = {});
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  int workers() const;

  // Calls task(worker, i) for every i in [0, count), each once, and returns when all are done. If
  // tasks throw, the exception of the lowest i is rethrown after all workers have stopped; tasks
  // not yet begun are skipped. Not to be called from within a task.
  void for_each(int count, const std::function<void(int worker, int i)>& task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fool
