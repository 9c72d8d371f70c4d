#include "app/interrupt.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>

namespace fool {
namespace {

volatile std::sig_atomic_t signal_seen = 0;
volatile std::sig_atomic_t on_terminal = 0;
volatile std::sig_atomic_t quiet = 0;

// Only what a handler may call.
void say(const char* text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, std::strlen(text));
}

extern "C" void on_signal(int signal) {
  const int error = errno;
  if (signal == SIGINT && signal_seen == 0 && quiet == 0) {
    if (on_terminal != 0) say("\n");  // the line of a progress bar, or ^C
    say("fool: finishing the block; press Ctrl-C again to stop at once\n");
  }
  signal_seen = signal;
  errno = error;
}

void handle(int signal) {
  struct sigaction action {};
  // A shell starts background jobs with SIGINT ignored, nohup with SIGHUP; so it stays.
  if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);  // the next one is not held up
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void handle_interrupts() {
  on_terminal = ::isatty(STDERR_FILENO) == 1 ? 1 : 0;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) handle(signal);
}

void keep_quiet_about_interrupts() { quiet = 1; }

int interrupt_signal() { return signal_seen; }

}  // namespace fool
