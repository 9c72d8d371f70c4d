// The processes of one run ("ranks"), started together by mpirun or srun. Every rank holds the
// whole archive and computes a share of a generation's blocks; then each learns the others'
// confidences. Rank 0 leads: it alone writes files and talks.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fool/core/span.h"

namespace fool {

// All ranks make the same calls in the same order, from the thread that joined. A rank whose work
// fails says so in whatever call the others make next, so that nobody waits for it in vain; then
// the run is over for all of them.
class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual int rank() const = 0;
  virtual int size() const = 0;
  bool leads() const { return rank() == 0; }

  // "All well?" `failure` is what this rank's work threw, if anything. Throws the same on every
  // rank: Interrupted if any was interrupted; the Error of the lowest rank that failed, which is
  // named in front. After an Error the run is over and nothing but leave() may be called.
  void agree(const std::exception_ptr& failure = nullptr);

  // What each rank says, by rank. Agrees first.
  std::vector<std::string> exchange(const std::string& mine);

  // Rank r has filled values[first[r] .. first[r + 1]); afterwards everybody has all of them.
  // first: [size() + 1], the same on every rank. To be called after agree().
  void all_gather(Span<float> values, Span<const std::size_t> first);

  // The last call of a rank that fails with this where the others do not expect it.
  void report_failure(int exit_code, const std::string& message);

  // The last call of main(): waits for the others, unless some are lost; then it ends the job.
  virtual void leave(int exit_code) {}

  // Called again and again while this rank waits for others; what it throws ends the waiting.
  void while_waiting(std::function<void()> call) { while_waiting_ = std::move(call); }

 protected:
  // Within a call that waits. If it throws, the run is over.
  void wait_a_moment();
  // For a failure of the connection itself.
  [[noreturn]] void lost(const std::string& message);

 private:
  // The greatest of all ranks' numbers.
  virtual int greatest(int mine) = 0;
  virtual std::vector<std::string> gather(const std::string& mine) = 0;
  virtual void gather_rows(Span<float> values, Span<const std::size_t> first) = 0;

  std::function<void()> while_waiting_;
  bool over_ = false;
};

// A run of one process.
Communicator& one_rank();

// What the environment of a process says about the launcher that started it.
using Environment = std::function<const char*(const char*)>;  // getenv, or a fake
struct Launch {
  std::string launcher;  // "mpirun", "srun"; empty: none, or each process was told to be alone
  int size = 1;
  int rank = 0;
};
Launch read_launch(const Environment& environment);

// The ranks that this process was started among; one_rank's like if it was started alone. Throws
// Error(kDevice) if there are several that cannot talk with each other.
std::unique_ptr<Communicator> join_ranks(const Launch& launch);

std::string host_name();

// Name and version of the MPI library, or "none".
std::string mpi_library();

}  // namespace fool
