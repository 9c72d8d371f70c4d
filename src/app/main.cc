#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "app/interrupt.h"
#include "app/program.h"
#include "fool/classify/classifier.h"
#include "fool/core/error.h"
#include "fool/eval/communicator.h"

namespace {

// A file opened while one of these is closed would take its number, and what is printed would end
// up in the file.
void open_standard_streams() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) != -1) continue;
    // Gets the lowest free number, which is this one.
    [[maybe_unused]] const int opened =
        ::open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY);
  }
}

int run(const std::vector<std::string>& arguments, fool::Communicator& ranks, std::ostream& out,
        std::ostream& err) {
  fool::Console console{out, err, arguments, ranks};
  fool::Program program;
  const int code = program.run(console);
  if (!ranks.leads() || out.flush() || code != 0) return code;
  err << "fool: standard output could not be written; files are not touched by that\n";
  return static_cast<int>(fool::ErrorKind::kIo);
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  fool::handle_interrupts();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error to report, not a way to die
  std::signal(SIGXFSZ, SIG_IGN);  // so is a file size limit
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  fool::tune_allocator();
  fool::use_one_thread();
  const fool::Launch launch = fool::read_launch(&std::getenv);
  if (launch.size == 1) return run(arguments, fool::one_rank(), std::cout, std::cerr);

  std::ostream nowhere(nullptr);
  if (launch.rank != 0) fool::keep_quiet_about_interrupts();
  try {
    const auto ranks = fool::join_ranks(launch);
    const int code = ranks->leads() ? run(arguments, *ranks, std::cout, std::cerr)
                                    : run(arguments, *ranks, nowhere, nowhere);
    ranks->leave(code);
    return code;
  } catch (const fool::Error& error) {
    (launch.rank == 0 ? std::cerr : nowhere) << "fool: " << error.what() << "\n";
    return error.exit_code();
  }
}
