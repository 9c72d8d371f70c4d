// Ctrl-C, SIGTERM and SIGHUP ask the work in progress to stop at the next safe place; a second one
// ends the process.
#pragma once

namespace fool {

// Installs the handlers, but not for signals that this process was started to ignore. The first
// Ctrl-C says on stderr what it does.
void handle_interrupts();

// The signal that asked to stop, or 0.
int interrupt_signal();

// Thrown by long work that saw interrupt_signal().
struct Interrupted {};

}  // namespace fool
