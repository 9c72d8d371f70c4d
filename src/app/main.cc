#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "app/interrupt.h"
#include "app/program.h"
#include "fool/classify/classifier.h"

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

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  fool::handle_interrupts();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error to report, not a way to die
  std::signal(SIGXFSZ, SIG_IGN);  // so is a file size limit
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  // Too early to read configurations: what a run on a device looks like.
  const bool on_device = std::any_of(
      arguments.begin(), arguments.end(),
      [](const std::string& argument) { return argument.find("cuda") != std::string::npos; });
  fool::tune_allocator(on_device ? fool::Allocations::kThreads : fool::Allocations::kLarge);
  fool::use_one_thread();
  fool::Console console{std::cout, std::cerr, arguments};
  fool::Program program;
  const int code = program.run(console);
  std::cout.flush();
  return code == 0 && !std::cout ? static_cast<int>(fool::ErrorKind::kIo) : code;
}
