#include "fool/eval/communicator.h"

#include <unistd.h>

#include <array>
#include <cstdlib>

#include "fool/core/failure.h"

namespace fool {
namespace {

// How a rank's work went; of several ranks', the worst counts.
enum Standing : int { kWell, kStopped, kFailed };

// "7 message": what a failed rank tells the others.
std::string failure_text(int exit_code, const std::string& message) {
  return fmt::format("{} {}", exit_code, message);
}

[[noreturn]] void throw_first(const std::vector<std::string>& failures) {
  for (std::size_t rank = 0; rank < failures.size(); ++rank) {
    const std::string& text = failures[rank];
    if (text.empty()) continue;
    const std::size_t blank = text.find(' ');
    throw Error(static_cast<ErrorKind>(std::atoi(text.c_str())),
                fmt::format("rank {} of {}{}", rank, failures.size(), text.substr(blank)));
  }
  fail(ErrorKind::kInternal, "a rank failed and did not say how");
}

class OneRank : public Communicator {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }

 private:
  int greatest(int mine) override { return mine; }
  std::vector<std::string> gather(const std::string& mine) override { return {mine}; }
  void gather_rows(Span<float> /*values*/, Span<const std::size_t> /*first*/) override {}
};

}  // namespace

void Communicator::agree(const std::exception_ptr& failure) {
  if (size() == 1) {
    if (failure) std::rethrow_exception(failure);
    return;
  }
  if (over_) fail(ErrorKind::kInternal, "the ranks have parted already");
  Standing mine = kWell;
  std::string text;
  if (failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const Interrupted&) {
      mine = kStopped;
    } catch (...) {
      const Error error = current_error();
      mine = kFailed;
      text = failure_text(error.exit_code(), fmt::format("({}): {}", host_name(), error.what()));
    }
  }
  const int worst = greatest(mine);
  if (worst == kWell) return;
  if (worst == kStopped) throw Interrupted{};
  over_ = true;
  throw_first(gather(text));
}

void Communicator::report_failure(int exit_code, const std::string& message) {
  if (over_ || size() == 1) return;
  over_ = true;
  greatest(kFailed);
  gather(failure_text(exit_code, fmt::format("({}): {}", host_name(), message)));
}

std::vector<std::string> Communicator::exchange(const std::string& mine) {
  agree();
  return gather(mine);
}

void Communicator::all_gather(Span<float> values, Span<const std::size_t> first) {
  gather_rows(values, first);
}

void Communicator::wait_a_moment() {
  if (!while_waiting_) return;
  try {
    while_waiting_();
  } catch (...) {
    over_ = true;
    throw;
  }
}

void Communicator::lost(const std::string& message) {
  over_ = true;
  fail(ErrorKind::kDevice, "rank {} of {} ({}) has lost the others: {}", rank(), size(),
       host_name(), message);
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "an unknown host";
}

Communicator& one_rank() {
  static OneRank rank;
  return rank;
}

}  // namespace fool
