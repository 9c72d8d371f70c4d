#include "eval/mpi_communicator.h"

#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>

#include "fool/core/error.h"

namespace fool {
namespace {

using Clock = std::chrono::steady_clock;

// A rank that has nothing else to do waits awake at first, as the others mostly are as far.
constexpr std::chrono::microseconds kAwake{1000};
constexpr std::chrono::microseconds kNap{100};
constexpr std::chrono::milliseconds kLook{100};  // for the dead

std::string error_text(int code) {
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  MPI_Error_string(code, text, &length);
  return {text, static_cast<std::size_t>(length)};
}

// MPI counts in int.
std::vector<int> counts(const std::vector<std::size_t>& sizes) {
  std::vector<int> result;
  std::size_t sum = 0;
  for (const std::size_t size : sizes) {
    sum += size;
    result.push_back(static_cast<int>(size));
  }
  if (sum > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    fail(ErrorKind::kConfig, "a generation is too large for MPI: {} numbers", sum);
  }
  return result;
}

std::vector<int> offsets(const std::vector<int>& counts) {
  std::vector<int> result;
  int sum = 0;
  for (const int count : counts) {
    result.push_back(sum);
    sum += count;
  }
  return result;
}

// No call of it blocks inside MPI: a rank that waits for one that has died must still hear signals.
class MpiCommunicator : public Communicator {
 public:
  MpiCommunicator() {
    int level = MPI_THREAD_SINGLE;
    const int code = MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &level);
    if (code != MPI_SUCCESS) fail(ErrorKind::kDevice, "MPI does not start: {}", error_text(code));
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    meet_neighbours();
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  // MPI_Finalize would wait for a lost rank for ever.
  void leave(int exit_code) override {
    if (pending_ == MPI_REQUEST_NULL && !broken_) {
      MPI_Finalize();
    } else {
      MPI_Abort(MPI_COMM_WORLD, exit_code);
    }
  }

 private:
  int greatest(int mine) override {
    int result = mine;
    start(MPI_Iallreduce(&mine, &result, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD, &pending_));
    finish();
    return result;
  }

  std::vector<std::string> gather(const std::string& mine) override {
    const auto length = static_cast<unsigned long>(mine.size());
    std::vector<unsigned long> lengths(static_cast<std::size_t>(size_));
    start(MPI_Iallgather(&length, 1, MPI_UNSIGNED_LONG, lengths.data(), 1, MPI_UNSIGNED_LONG,
                         MPI_COMM_WORLD, &pending_));
    finish();
    const std::vector<int> count = counts({lengths.begin(), lengths.end()});
    const std::vector<int> offset = offsets(count);
    std::string all(static_cast<std::size_t>(offset.back() + count.back()), '\0');
    start(MPI_Iallgatherv(mine.data(), static_cast<int>(length), MPI_CHAR, all.data(), count.data(),
                          offset.data(), MPI_CHAR, MPI_COMM_WORLD, &pending_));
    finish();
    std::vector<std::string> result;
    for (std::size_t r = 0; r < count.size(); ++r) {
      result.push_back(all.substr(static_cast<std::size_t>(offset[r]), lengths[r]));
    }
    return result;
  }

  void gather_rows(Span<float> values, Span<const std::size_t> first) override {
    std::vector<std::size_t> sizes;
    for (std::size_t r = 0; r + 1 < first.size(); ++r) sizes.push_back(first[r + 1] - first[r]);
    const std::vector<int> count = counts(sizes);
    const std::vector<int> offset = offsets(count);
    start(MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_FLOAT, values.data(), count.data(), offset.data(),
                          MPI_FLOAT, MPI_COMM_WORLD, &pending_));
    finish();
  }

  // The processes of ranks that this one can see, which are those of its machine.
  void meet_neighbours() {
    const std::string machine = host_name() + ' ';
    const std::vector<std::string> all = gather(machine + std::to_string(::getpid()));
    for (std::size_t r = 0; r < all.size(); ++r) {
      if (all[r].rfind(machine, 0) != 0) continue;
      const pid_t process = std::stoi(all[r].substr(machine.size()));
      if (exists(process)) neighbours_.emplace_back(r, process);
    }
  }

  static bool exists(pid_t process) { return ::kill(process, 0) == 0 || errno != ESRCH; }

  // MPI would wait for the dead for ever. Those on other machines are the launcher's to notice.
  void require_living_neighbours() {
    for (const auto& [rank, process] : neighbours_) {
      if (exists(process)) continue;
      broken_ = true;
      lost(fmt::format(
          "rank {}, process {}, has died. The run can be resumed on any number of ranks", rank,
          process));
    }
  }

  void start(int code) { check(code); }

  void finish() {
    const auto begin = Clock::now();
    auto next_look = begin + kLook;
    for (int done = 0;;) {
      check(MPI_Test(&pending_, &done, MPI_STATUS_IGNORE));
      if (done != 0) return;
      if (Clock::now() - begin < kAwake) {
        ::sched_yield();
      } else {
        std::this_thread::sleep_for(kNap);
        wait_a_moment();
        if (Clock::now() < next_look) continue;
        next_look += kLook;
        require_living_neighbours();
      }
    }
  }

  void check(int code) {
    if (code == MPI_SUCCESS) return;
    broken_ = true;
    lost(error_text(code));
  }

  int rank_ = 0;
  int size_ = 1;
  MPI_Request pending_ = MPI_REQUEST_NULL;  // what this rank waits for, or gave up
  bool broken_ = false;
  std::vector<std::pair<std::size_t, pid_t>> neighbours_;  // rank and process
};

}  // namespace

std::unique_ptr<Communicator> make_mpi_communicator() {
  return std::make_unique<MpiCommunicator>();
}

std::string mpi_library() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  if (MPI_Get_library_version(text, &length) != MPI_SUCCESS) return "unknown";
  const std::string version(text, static_cast<std::size_t>(length));
  return version.substr(0, version.find_first_of(",\n"));
}

}  // namespace fool
