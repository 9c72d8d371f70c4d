#include "app/interrupt.h"

#include <csignal>

namespace fool {
namespace {

volatile std::sig_atomic_t signal_seen = 0;

extern "C" void on_signal(int signal) {
  signal_seen = signal;
  std::signal(signal, SIG_DFL);  // the next one is not held up
}

}  // namespace

void handle_interrupts() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

int interrupt_signal() { return signal_seen; }

}  // namespace fool
